package dev.strongroom.simulator.keystore

/** An operation that has begun. */
internal interface RunningOperation {
    val ended: Boolean

    fun abort()
}
