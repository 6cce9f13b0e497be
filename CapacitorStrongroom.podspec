require 'json'

package = JSON.parse(File.read(File.join(__dir__, 'package.json')))

Pod::Spec.new do |s|
  # Capacitor's CLI makes the name from the npm name. The module has it, too, as in Package.swift.
  s.name = 'CapacitorStrongroom'
  s.version = package['version']
  s.summary = package['description']
  s.license = package['license']
  s.authors = 'The Strongroom authors'
  # CocoaPods refuses a pod without these two. The CLI names the pod by its path in node_modules, where neither is used.
  s.homepage = package.fetch('homepage', 'README.md')
  s.source = { path: '.' }

  s.ios.deployment_target = '15.0'
  s.swift_version = '5.10'
  s.source_files = 'ios/Sources/StrongroomPlugin/**/*.swift'
  s.vendored_frameworks = 'ios/Frameworks/StrongroomFFI.xcframework'
  s.resource_bundles = { 'CapacitorStrongroom' => ['ios/Sources/StrongroomPlugin/PrivacyInfo.xcprivacy'] }
  s.frameworks = 'CoreFoundation', 'Security'
  s.dependency 'Capacitor'
end
