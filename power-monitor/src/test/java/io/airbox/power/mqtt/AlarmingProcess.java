package io.airbox.power.mqtt;

import io.airbox.power.Sample;
import io.airbox.power.Ticker;
import io.airbox.power.Unit;
import io.airbox.power.alarm.AlarmBook;
import io.airbox.power.alarm.AlarmEvent;
import io.airbox.power.alarm.AlarmRule;
import io.airbox.power.alarm.Blame;
import io.airbox.power.alarm.Level;
import io.airbox.power.alarm.Severity;
import io.airbox.power.alarm.Suspects;
import io.airbox.power.alarm.Verdict;
import io.airbox.power.thermal.Decision;
import io.airbox.power.thermal.ThermalState;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/**
 * A process that raises and clears an alarm again and again, to be killed at any moment. It prints
 * the id of each event that is on its disk.
 */
public final class AlarmingProcess {
  private static boolean beyond;

  private AlarmingProcess() {}

  /** Arguments: the broker's URI and a folder. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[1]);
    AlarmRule rule =
        new AlarmRule(
            "test",
            Severity.WARNING,
            Blame.NONE,
            Duration.ZERO,
            Duration.ZERO,
            (sample, heat) ->
                List.of(
                    new Level(
                        "",
                        beyond ? Verdict.BEYOND : Verdict.WITHIN,
                        OptionalDouble.empty(),
                        Unit.COUNT,
                        "test")));
    AlarmBook book = AlarmBook.open(folder.resolve("alarms.json"), List.of(rule), Suspects.UNKNOWN);
    Decision calm = new Decision(ThermalState.NORMAL, 0, "");
    MqttPublisher publisher =
        MqttPublisher.open(
            new MqttSettings(
                URI.create(arguments[0]),
                EnumSet.of(Layout.JSON),
                "lab",
                "one",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Optional.empty(),
                "homeassistant"),
            folder.resolve("outbox"),
            MqttPublisher.Room.USUAL,
            () ->
                new BoxState(
                    "one",
                    "test",
                    Optional.empty(),
                    Optional.empty(),
                    calm,
                    book.active(),
                    List.of(),
                    OptionalDouble.empty(),
                    0,
                    0),
            new MqttPublisher.Orders(
                (verb, order) -> Documents.JSON.createObjectNode(), Optional.empty()),
            Ticker.SYSTEM,
            InstantSource.system());
    beyond = !book.active().isEmpty();
    while (true) {
      beyond = !beyond;
      book.observe(new Sample(Instant.now(), System.nanoTime(), List.of(), List.of()), calm);
      for (AlarmEvent event : book.unsettled()) {
        System.out.println(event.id());
        hand(publisher, book, event);
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private static void hand(MqttPublisher publisher, AlarmBook book, AlarmEvent event)
      throws IOException {
    publisher.alarm(event);
    book.settle(List.of(event.id()));
  }
}
