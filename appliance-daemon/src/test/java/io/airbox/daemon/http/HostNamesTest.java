package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HostNamesTest {
  private final AtomicReference<String> machine = new AtomicReference<>("Box.lan");
  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicLong now = new AtomicLong(1);
  private final HostNames names =
      new HostNames(
          List.of("pictures.example"),
          () -> {
            looks.incrementAndGet();
            return machine.get();
          },
          now::get);

  @Test
  void theMachineIsCalledByItsNameInAnySpelling() {
    assertThat(
            List.of("localhost", "box.lan", "BOX", "box.local", "box.local.", "Pictures.Example"))
        .allMatch(names::include);
    assertThat(List.of("box.lan.evil", "box.example", "", ".", "local", "evil.local"))
        .noneMatch(names::include);
  }

  @Test
  void aNewNameIsFollowedWithinASecondAndTheOldOneForgotten() {
    assertThat(names.include("box.local")).isTrue();
    machine.set("studio");
    assertThat(names.include("studio.local")).isFalse();

    now.addAndGet(1_000_000_000);

    assertThat(names.include("studio.local")).isTrue();
    assertThat(names.include("box.local")).isFalse();
  }

  @Test
  void unknownNamesDoNotMakeItLookAgainAndAgain() {
    for (int i = 0; i < 1000; i++) {
      names.include("evil" + i + ".example");
    }
    assertThat(looks).hasValue(1);
  }
}
