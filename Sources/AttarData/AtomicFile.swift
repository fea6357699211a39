import AttarHDF5

/// Files that appear whole or not at all; it lives one level lower because HDF5 files need it as well.
package typealias AtomicFile = AttarHDF5.AtomicFile
package typealias FileBytes = AttarHDF5.FileBytes
package typealias FileError = AttarHDF5.FileError
