package io.airbox.hwtests.linux;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.airbox.hwtests.Checkout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How long a network change takes in the Linux double, for {@code airbox bench net}: from the
 * daemon's answer to "apply" until the peer reaches the box at its new address, and from its answer
 * to "revert" until the former one answers again. Prints both in milliseconds, as JSON.
 */
public final class ApplyTimes {
  private static final String READY = "ready";
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final NetworkBench bench;
  private final Lan lan;
  private final Appliance appliance;
  private final String wish;

  private ApplyTimes(NetworkBench bench, Lan lan, Appliance appliance) {
    this.bench = bench;
    this.lan = lan;
    this.appliance = appliance;
    JsonNode files =
        JsonNodeFactory.instance
            .objectNode()
            .put(NetworkBench.FILE, NetworkBench.elsewhere(bench.file(NetworkBench.FILE)));
    this.wish = JsonNodeFactory.instance.objectNode().set("files", files).toString();
  }

  /** Argument: how many times, each from the same state of the machine. */
  public static void main(String... arguments) {
    int rounds = Integer.parseInt(arguments[0]);
    Path folder = Checkout.path("hw-tests/target/linux-double/ApplyTimes");
    LinuxImage image = LinuxImage.provide();
    LinuxDouble.Options options =
        new LinuxDouble.Options(1536, 2, Appliance.disks(image, folder), Duration.ofHours(1));
    List<Long> apply = new ArrayList<>();
    List<Long> revert = new ArrayList<>();
    try (Lan lan = Lan.open();
        LinuxDouble box = LinuxDouble.create(options, image, lan, folder)) {
      Console console = box.shell();
      Appliance appliance = Appliance.install(console);
      NetworkBench bench = NetworkBench.prepare(console, lan);
      appliance.start();
      // the kernel of the peer asks once a second for an address that nobody has yet
      lan.run(
              "sh",
              "-c",
              "for d in br0 br1; do echo 100 >/proc/sys/net/ipv4/neigh/$d/retrans_time_ms; done")
          .orThrow();
      box.save(READY);
      ApplyTimes times = new ApplyTimes(bench, lan, appliance);
      for (int round = 0; round < rounds; round++) {
        box.restore(READY);
        times.measure(apply, revert);
      }
    }
    System.out.println(JsonNodeFactory.instance.pojoNode(Map.of("apply", apply, "revert", revert)));
  }

  private void measure(List<Long> apply, List<Long> revert) {
    JsonNode plan = ask("plan", wish, 200);
    JsonNode request =
        JsonNodeFactory.instance
            .objectNode()
            .put("plan", plan.path("id").asText())
            .put("window", NetworkBench.LONG)
            .put("force", true);
    JsonNode transaction = ask("apply", request.toString(), 202).path("transaction");
    apply.add(untilReachable(NetworkBench.BOX_0));
    bench.awaitStatus("applied", LIMIT);
    JsonNode back =
        JsonNodeFactory.instance.objectNode().put("transaction", transaction.path("id").asText());
    ask("revert", back.toString(), 200);
    revert.add(untilReachable(Lan.BOX));
    bench.awaitStatus("reverted", LIMIT);
  }

  private JsonNode ask(String verb, String json, int expected) {
    HttpAnswer answer = appliance.asOwner("POST", "/api/v1/network/" + verb, json);
    if (answer.status() != expected) {
      throw new IllegalStateException(verb + ": " + answer.body());
    }
    return answer.json();
  }

  /** Milliseconds from now until the box says at this address that nothing listens there. */
  private long untilReachable(String address) {
    long started = System.nanoTime();
    while (!lan.run("timeout", "0.3", "bash", "-c", "exec 3<>/dev/tcp/" + address + "/9")
        .errors()
        .contains("refused")) {
      if (System.nanoTime() - started > LIMIT.toNanos()) {
        throw new IllegalStateException(address + " does not answer\n" + bench.journal());
      }
    }
    return Duration.ofNanos(System.nanoTime() - started).toMillis();
  }
}
