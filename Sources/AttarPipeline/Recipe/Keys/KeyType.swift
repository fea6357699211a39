/// The type of a key: how its value is read, checked, written as JSON and described to editors.
///
/// `Value` is what the program uses. A type is made once, next to the declaration of its key.
package struct KeyType<Value> {
    /// What an error message asks for: "a whole number from 1 to 100".
    let expected: String
    /// The JSON Schema of the value, an object.
    let schema: JSONValue
    /// Stands in for a value that could not be read; never leaves a failed decoding.
    let placeholder: Value
    /// Nil where the value does not fit: the issue is reported by whoever knows more, here or in the reader.
    let decode: (RecipeNode, String, inout DecodingContext) -> Value?
    let encode: (Value) -> JSONValue

    init(
        expected: String, schema: JSONValue, placeholder: Value,
        decode: @escaping (RecipeNode, String, inout DecodingContext) -> Value?,
        encode: @escaping (Value) -> JSONValue
    ) {
        self.expected = expected
        self.schema = schema
        self.placeholder = placeholder
        self.decode = decode
        self.encode = encode
    }

    /// A type whose values are read from one node and nothing else.
    init(
        expected: String, schema: JSONValue, placeholder: Value,
        read: @escaping (RecipeNode.Content) -> Value?, encode: @escaping (Value) -> JSONValue
    ) {
        self.init(
            expected: expected, schema: schema, placeholder: placeholder,
            decode: { node, key, context in
                if let value = read(node.content) { return value }
                context.report(.wrongValue(expected: expected, found: node.found), at: key, place: node.place)
                return nil
            }, encode: encode)
    }
}
