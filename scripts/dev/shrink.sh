# Sourced by ./dev: gets what the tests of the shrunk app need in addition to the simulator.
# shellcheck shell=bash

# R8 and JNA's archive for Android.
need_r8() { maven_tools 'shrunk classes' build/shrink/tools e2e/shrink/pom.xml; }
