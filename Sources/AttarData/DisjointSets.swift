/// Numbers in groups that can be joined (Tarjan 1975); a group is known by its least member.
struct DisjointSets {
    /// An earlier member of the same group; a group's first member is its own parent.
    private var parents: [Int]

    /// - Parameter count: numbers, each in a group of its own.
    init(count: Int) {
        parents = Array(0..<count)
    }

    mutating func root(of member: Int) -> Int {
        var member = member
        while parents[member] != member {
            parents[member] = parents[parents[member]]
            member = parents[member]
        }
        return member
    }

    mutating func unite(_ left: Int, _ right: Int) {
        let (left, right) = (root(of: left), root(of: right))
        parents[max(left, right)] = min(left, right)
    }
}
