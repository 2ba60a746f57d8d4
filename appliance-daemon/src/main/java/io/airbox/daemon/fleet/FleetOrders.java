package io.airbox.daemon.fleet;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.airbox.generation.worker.WorkerStatus;
import io.airbox.power.mqtt.Commands;
import java.util.function.Supplier;
import org.tinylog.Logger;

/** Does what the fleet asks for. */
public final class FleetOrders implements Commands {
  private final String version;
  private final Supplier<WorkerStatus> worker;
  private final FleetUpdates updates;

  /**
   * For a box.
   *
   * @param version of this software
   * @param worker how the engine's process is now
   * @param updates begins updates
   */
  public FleetOrders(String version, Supplier<WorkerStatus> worker, FleetUpdates updates) {
    this.version = version;
    this.worker = worker;
    this.updates = updates;
  }

  @Override
  public ObjectNode run(Verb verb, ObjectNode order) throws RefusedException {
    ObjectNode reply = JsonNodeFactory.instance.objectNode();
    switch (verb) {
      case IDENTIFY -> {
        Logger.info("The fleet asks which box this is: it is this one");
        reply.put("software", version);
      }
      case SAMPLE_NOW -> reply.put("sampled", true);
      case RESTART_WORKER -> restart(reply);
      case UPDATE_NOW -> {
        updates.order(order);
        reply.put("begun", true);
      }
    }
    return reply;
  }

  /** It is started again by whoever watches it; the running job fails and says why. */
  private void restart(ObjectNode reply) throws RefusedException {
    long pid = worker.get().pid();
    if (pid < 0 || !ProcessHandle.of(pid).map(ProcessHandle::destroy).orElse(false)) {
      throw new RefusedException("the engine's process does not run just now");
    }
    Logger.warn("The fleet has the engine's process (pid {}) restarted", pid);
    reply.put("pid", pid);
  }
}
