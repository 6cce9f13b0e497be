import CapacitorStrongroom

/// The code of docs/guide/native-code.md. The tests of the pages compare the two.
func refreshToken() throws -> String? {
    let session = try Strongroom.open(store: "session")
    return try session.get(key: "refresh")
}

func refreshTokenInAnExtension() throws -> String? {
    let configuration = #"{"ios": {"accessGroup": "ABCDE12345.com.example.shared"}}"#
    return try SecureStorage.open(store: "session", configJson: configuration).get(key: "refresh")
}
