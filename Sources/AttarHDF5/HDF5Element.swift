internal import CHDF5

/// A number type that datasets can hold.
package enum HDF5NumberKind: String, Sendable {
    case float32, float64, int32, int64, uint8, uint64

    /// Little-endian on every machine.
    var fileType: Int64 {
        switch self {
        case .float32: attar_hdf5_file_float()
        case .float64: attar_hdf5_file_double()
        case .int32: attar_hdf5_file_int32()
        case .int64: attar_hdf5_file_int64()
        case .uint8: attar_hdf5_file_uint8()
        case .uint64: attar_hdf5_file_uint64()
        }
    }

    var memoryType: Int64 {
        switch self {
        case .float32: attar_hdf5_native_float()
        case .float64: attar_hdf5_native_double()
        case .int32: attar_hdf5_native_int32()
        case .int64: attar_hdf5_native_int64()
        case .uint8: attar_hdf5_native_uint8()
        case .uint64: attar_hdf5_native_uint64()
        }
    }
}

/// A Swift number that a dataset or attribute can hold.
package protocol HDF5Element: BitwiseCopyable, Sendable {
    static var kind: HDF5NumberKind { get }
    static var zero: Self { get }
}

extension Float: HDF5Element { package static var kind: HDF5NumberKind { .float32 } }
extension Double: HDF5Element { package static var kind: HDF5NumberKind { .float64 } }
extension Int32: HDF5Element { package static var kind: HDF5NumberKind { .int32 } }
extension Int64: HDF5Element { package static var kind: HDF5NumberKind { .int64 } }
extension UInt8: HDF5Element { package static var kind: HDF5NumberKind { .uint8 } }
extension UInt64: HDF5Element { package static var kind: HDF5NumberKind { .uint64 } }
