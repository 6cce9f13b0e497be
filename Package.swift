// swift-tools-version: 5.10
import PackageDescription

// Capacitor's CLI makes the name of the package and of its library from the npm name: both must be CapacitorStrongroom.
let package = Package(
    name: "CapacitorStrongroom",
    platforms: [.iOS(.v15)],
    products: [
        .library(name: "CapacitorStrongroom", targets: ["CapacitorStrongroom"])
    ],
    dependencies: [
        .package(url: "https://github.com/ionic-team/capacitor-swift-pm.git", from: "8.0.0")
    ],
    targets: [
        // The Rust library. A clone has none: `./dev ios` builds it.
        .binaryTarget(name: "StrongroomFFI", path: "ios/Frameworks/StrongroomFFI.xcframework"),
        .target(
            // Not that of a public type: otherwise no type could be written with the name of the module.
            name: "CapacitorStrongroom",
            dependencies: [
                "StrongroomFFI",
                .product(name: "Capacitor", package: "capacitor-swift-pm"),
                .product(name: "Cordova", package: "capacitor-swift-pm")
            ],
            path: "ios/Sources/StrongroomPlugin",
            resources: [.copy("PrivacyInfo.xcprivacy")],
            linkerSettings: [
                .linkedFramework("CoreFoundation"),
                .linkedFramework("Security")
            ]
        ),
        .testTarget(
            name: "StrongroomPluginTests",
            dependencies: ["CapacitorStrongroom"],
            path: "ios/Tests/StrongroomPluginTests"
        )
    ]
)
