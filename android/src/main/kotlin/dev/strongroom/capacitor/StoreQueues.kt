package dev.strongroom.capacitor

import java.util.concurrent.LinkedTransferQueue
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit

/**
 * Runs the tasks of one store in their order, and those of different stores in parallel.
 *
 * A store without tasks has neither a queue nor a thread.
 */
internal class StoreQueues {
    /** By store: its tasks. The first task is running, or waits for a thread. */
    private val queues = HashMap<String, ArrayDeque<() -> Unit>>()
    private var afterAll: (() -> Unit)? = null
    private val threads = threadPool()

    /**
     * @throws RejectedExecutionException after [shutdown]
     */
    @Synchronized
    fun execute(
        store: String,
        task: () -> Unit,
    ) {
        if (afterAll != null) throw RejectedExecutionException()
        val queue = queues[store]
        if (queue == null) {
            // The thread first, which waits for this method: if the system has no thread, no queue without one remains.
            threads.execute { runAll(store) }
            queues[store] = ArrayDeque(listOf(task))
        } else {
            queue.addLast(task)
        }
    }

    /** Waiting tasks still run, then [last], and then the threads end. */
    @Synchronized
    fun shutdown(last: () -> Unit) {
        if (afterAll != null) return
        afterAll = last
        endIfIdle()
    }

    private fun runAll(store: String) {
        var more = true
        try {
            while (more) {
                firstOf(store)()
                more = removeFirst(store)
            }
        } finally {
            // The task has thrown, which ends this thread, and on a phone the app. If the app continues, the other tasks run.
            if (more && removeFirst(store)) threads.execute { runAll(store) }
        }
    }

    @Synchronized
    private fun firstOf(store: String): () -> Unit = queues.getValue(store).first()

    /** True if another task waits. */
    @Synchronized
    private fun removeFirst(store: String): Boolean {
        val queue = queues.getValue(store)
        queue.removeFirst()
        if (queue.isNotEmpty()) return true
        queues.remove(store)
        endIfIdle()
        return false
    }

    private fun endIfIdle() {
        val last = afterAll ?: return
        if (queues.isNotEmpty()) return
        threads.execute(last)
        threads.shutdown()
    }
}

/** A page can name any number of stores, so the number of threads is limited. The other stores wait for a thread. */
private const val MAX_THREADS = 16
private const val IDLE_SECONDS = 10L

/** An executor that gives a task to an idle thread, otherwise to a new one. A task waits only if neither is possible. */
private fun threadPool(): ThreadPoolExecutor {
    val waiting =
        object : LinkedTransferQueue<Runnable>() {
            override fun offer(task: Runnable) = tryTransfer(task)
        }
    return ThreadPoolExecutor(0, MAX_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, waiting, { Thread(it, "Strongroom") }) { task, _ ->
        waiting.put(task)
    }
}
