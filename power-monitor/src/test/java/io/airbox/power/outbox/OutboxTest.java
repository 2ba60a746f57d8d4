package io.airbox.power.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airbox.power.storage.CutSegments;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboxTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00.123Z");

  /** Files of 512 bytes: a few records each. */
  private static final long SMALL = 8192;

  @TempDir Path folder;

  private Outbox open() throws IOException {
    return Outbox.open(folder.resolve("outbox"), SMALL, SMALL);
  }

  private static OutboxRecord alarm(String id) {
    return record(id, Priority.MUST_ARRIVE);
  }

  private static OutboxRecord telemetry(String id) {
    return record(id, Priority.NEWEST);
  }

  private static OutboxRecord record(String id, Priority priority) {
    byte[] content = ("{\"of\":\"" + id + "\"}" + "·".repeat(20)).getBytes(StandardCharsets.UTF_8);
    return new OutboxRecord(id, priority, "kind", NOON, content);
  }

  private static List<String> ids(List<Taken> taken) {
    return taken.stream().map(each -> each.content().id()).toList();
  }

  @Test
  void whatMustArriveGoesFirstAndEachInItsOrder() throws IOException {
    try (Outbox outbox = open()) {
      outbox.add(telemetry("t1"));
      outbox.add(alarm("a1"));
      outbox.add(telemetry("t2"));
      outbox.add(alarm("a2"));
      assertThat(ids(outbox.take(3))).containsExactly("a1", "a2", "t1");
      assertThat(ids(outbox.take(3))).containsExactly("t2");
      assertThat(outbox.take(3)).isEmpty();
      outbox.giveBack();
      List<Taken> again = outbox.take(9);
      assertThat(ids(again)).containsExactly("a1", "a2", "t1", "t2");
      assertThat(again).allMatch(Taken::late);
      assertThat(again.get(0).content().at()).isEqualTo(NOON);
      assertThat(again.get(0).content().content()).isEqualTo(alarm("a1").content());
    }
  }

  @Test
  void whatHasArrivedIsGoneAndWhatHasNotIsThereAfterTheNextStart() throws IOException {
    try (Outbox outbox = open()) {
      outbox.add(alarm("a1"));
      outbox.add(List.of(alarm("a2"), alarm("a3")));
      List<Taken> taken = outbox.take(3);
      assertThat(taken).noneMatch(Taken::late);
      outbox.done(List.of(taken.get(1)));
    }
    try (Outbox outbox = open()) {
      assertThat(outbox.state().mustArrive()).isEqualTo(2);
      List<Taken> taken = outbox.take(9);
      assertThat(ids(taken)).containsExactly("a1", "a3");
      assertThat(taken).allMatch(Taken::late);
    }
  }

  @Test
  void theSameIdIsTakenOnceWhileItWaits() throws IOException {
    try (Outbox outbox = open()) {
      assertThat(outbox.add(alarm("a1"))).isTrue();
      assertThat(outbox.add(alarm("a1"))).isFalse();
      assertThat(outbox.add(List.of(alarm("a2"), alarm("a2"), alarm("a1")))).isEqualTo(1);
    }
    try (Outbox outbox = open()) {
      assertThat(outbox.add(alarm("a1"))).isFalse();
      assertThat(ids(outbox.take(9))).containsExactly("a1", "a2");
      assertThat(outbox.add(alarm("a2"))).isFalse();
    }
  }

  @Test
  void ofMeasurementsTheNewestAreKeptAndTheSizeHolds() throws IOException {
    try (Outbox outbox = open()) {
      for (int i = 0; i < 250; i++) {
        outbox.add(telemetry("t" + i));
        assertThat(size()).isLessThanOrEqualTo(SMALL + 64);
      }
      OutboxState state = outbox.state();
      assertThat(state.newest()).isBetween(60, 100);
      assertThat(state.dropped()).isEqualTo(250 - state.newest());
      List<String> kept = ids(outbox.take(500));
      assertThat(kept.get(kept.size() - 1)).isEqualTo("t249");
      assertThat(kept.get(0)).isEqualTo("t" + (250 - kept.size()));
    }
  }

  @Test
  void whatMustArriveIsNeverDroppedButRefused() throws IOException {
    try (Outbox outbox = open()) {
      List<String> accepted = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 250; i++) {
                  outbox.add(alarm("a" + i));
                  accepted.add("a" + i);
                }
              })
          .isInstanceOf(OutboxFullException.class)
          .hasMessageContaining("records that have not arrived; there is no room");
      assertThat(accepted).hasSizeGreaterThan(30);
      assertThat(outbox.state().refused()).isEqualTo(1);
      List<Taken> taken = outbox.take(500);
      assertThat(ids(taken)).isEqualTo(accepted);
      outbox.done(taken.subList(0, 5));
      outbox.add(alarm("again"));
      assertThat(outbox.state().mustArrive()).isEqualTo(accepted.size() - 4);
    }
  }

  /** The first record never arrives; all the others do. */
  @Test
  void oneThatNeverArrivesDoesNotKeepTheOthersFiles() throws IOException {
    try (Outbox outbox = open()) {
      outbox.add(alarm("stuck"));
      outbox.take(1);
      for (int i = 0; i < 250; i++) {
        outbox.add(alarm("a" + i));
        outbox.done(outbox.take(1));
        assertThat(size()).isLessThanOrEqualTo(SMALL * 3 / 2);
      }
      assertThat(outbox.state().mustArrive()).isEqualTo(1);
    }
    try (Outbox outbox = open()) {
      assertThat(ids(outbox.take(9))).containsExactly("stuck");
    }
  }

  @Test
  void anEmptyOutboxIsSmall() throws IOException {
    try (Outbox outbox = open()) {
      for (int i = 0; i < 250; i++) {
        outbox.add(telemetry("t" + i));
        outbox.done(outbox.take(1));
        assertThat(size()).isLessThan(2048);
      }
      assertThat(outbox.state().dropped()).isZero();
    }
  }

  @Test
  void whatIsLargerThanAFileIsRefused() throws IOException {
    try (Outbox outbox = open()) {
      OutboxRecord large = new OutboxRecord("x", Priority.NEWEST, "k", NOON, new byte[600]);
      assertThatThrownBy(() -> outbox.add(large)).isInstanceOf(OutboxFullException.class);
      assertThat(outbox.add(telemetry("t"))).isTrue();
    }
  }

  @Test
  void aBadByteCostsTheRestOfItsFileOnly() throws IOException {
    try (Outbox outbox = open()) {
      for (int i = 0; i < 20; i++) {
        outbox.add(alarm("a" + i));
      }
    }
    Path first = files(folder).get(0);
    byte[] content = Files.readAllBytes(first);
    content[content.length - 5] ^= 1;
    Files.write(first, content);
    try (Outbox outbox = open()) {
      List<String> ids = ids(outbox.take(99));
      assertThat(ids).hasSize(19).contains("a0", "a19");
    }
  }

  @Test
  void aRecordThatRotsWhileWaitingIsCountedAndTheOthersGo() throws IOException {
    try (Outbox outbox = open()) {
      outbox.add(alarm("a0"));
      outbox.add(alarm("a1"));
      Path file = files(folder).get(0);
      byte[] content = Files.readAllBytes(file);
      content[60] ^= 1;
      Files.write(file, content);
      assertThat(ids(outbox.take(9))).containsExactly("a1");
      assertThat(outbox.state().damaged()).isEqualTo(1);
    }
  }

  @Test
  void whoeverSendsIsToldOfWhatIsNew() throws IOException {
    AtomicInteger told = new AtomicInteger();
    try (Outbox outbox = open()) {
      outbox.onAdd(told::incrementAndGet);
      outbox.add(alarm("a"));
      outbox.add(alarm("a"));
      outbox.add(telemetry("t"));
      assertThat(told).hasValue(2);
    }
  }

  @Test
  void anInterruptedThreadWritesOnAndStaysInterrupted() throws IOException {
    Thread.currentThread().interrupt();
    try (Outbox outbox = open()) {
      for (int i = 0; i < 20; i++) {
        outbox.add(alarm("a" + i));
      }
    }
    assertThat(Thread.interrupted()).isTrue();
    try (Outbox outbox = open()) {
      assertThat(outbox.state().mustArrive()).isEqualTo(20);
    }
  }

  @Test
  void aDiskThatTakesNoNewFileRefusesAndGoesOnLater() throws IOException {
    try (Outbox outbox = open()) {
      Path inTheWay = folder.resolve("outbox/must-arrive/0000000002.records");
      Files.createDirectory(inTheWay);
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 20; i++) {
                  outbox.add(alarm("a" + i));
                }
              })
          .isInstanceOf(IOException.class);
      assertThat(outbox.state().fault()).startsWith("cannot be written: ");
      int before = outbox.state().mustArrive();
      Files.delete(inTheWay);
      assertThat(outbox.add(alarm("later"))).isTrue();
      assertThat(outbox.state().fault()).isEmpty();
      assertThat(outbox.state().mustArrive()).isEqualTo(before + 1);
    }
  }

  /** A power cut after any step of a life with new files, arrivals, deletions and compactions. */
  @Test
  void whateverAPowerCutLeavesOfUnflushedStepsNoneThatMustArriveIsLost() throws IOException {
    CutSegments disk = new CutSegments();
    Set<String> everAdded = new LinkedHashSet<>();
    Set<String> before = new LinkedHashSet<>();
    int steps = 0;
    int disks = 0;
    try (RecordLog log = new RecordLog(disk, Priority.MUST_ARRIVE, 4096)) {
      Map<String, Taken> waiting = new LinkedHashMap<>();
      for (int i = 0; i < 40; i++) {
        Set<String> after = new LinkedHashSet<>(before);
        if (i % 5 == 3) {
          // all but the very first arrive
          log.take(99).forEach(each -> waiting.put(each.content().id(), each));
          List<Long> arrived = new ArrayList<>();
          waiting.values().stream()
              .filter(each -> !each.content().id().equals("a0"))
              .forEach(
                  each -> {
                    arrived.add(each.number());
                    after.remove(each.content().id());
                  });
          waiting.keySet().retainAll(Set.of("a0"));
          log.done(arrived);
        } else {
          everAdded.add("a" + i);
          log.add(List.of(alarm("a" + i)));
          after.add("a" + i);
        }
        Set<String> sure = new LinkedHashSet<>(before);
        sure.retainAll(after);
        for (; steps < disk.steps(); steps++) {
          disks += survives(disk.after(steps), sure, everAdded);
        }
        disks += survives(disk.after(steps), after, everAdded);
        before = after;
      }
      assertThat(disk.numbers()).hasSizeLessThan(20);
    }
    assertThat(before).contains("a0");
    assertThat(disks).isGreaterThan(500);
  }

  private static int survives(List<CutSegments> disks, Set<String> sure, Set<String> possible)
      throws IOException {
    for (CutSegments disk : disks) {
      Set<String> there;
      try (RecordLog opened = new RecordLog(disk, Priority.MUST_ARRIVE, 4096)) {
        opened.add(List.of(alarm("next")));
        there = new LinkedHashSet<>(ids(opened.take(99)));
      }
      assertThat(there).containsAll(sure).contains("next");
      try (RecordLog again = new RecordLog(disk, Priority.MUST_ARRIVE, 4096)) {
        assertThat(ids(again.take(99))).containsExactlyInAnyOrderElementsOf(there);
      }
      there.remove("next");
      assertThat(possible).containsAll(there);
    }
    return disks.size();
  }

  private long size() throws IOException {
    long sum = 0;
    for (Path file : files(folder)) {
      sum += Files.size(file);
    }
    return sum;
  }

  private static List<Path> files(Path from) throws IOException {
    try (Stream<Path> each = Files.walk(from, FileVisitOption.FOLLOW_LINKS)) {
      return each.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** What is done with an outbox. */
  enum Act {
    ADD_ALARM,
    ADD_THREE_ALARMS,
    ADD_TELEMETRY,
    TAKE,
    ONE_ARRIVES,
    ALL_ARRIVE,
    GIVE_BACK,
    OPEN_AGAIN
  }

  @Provide
  Arbitrary<List<Act>> lives() {
    return Arbitraries.of(Act.values()).list().ofMinSize(1).ofMaxSize(80);
  }

  /** Of what must arrive, what a list would hold; it is never full here. */
  @Property(tries = 15)
  void itHoldsWhatAListWould(@ForAll("lives") List<Act> life) throws IOException {
    Path own = Files.createTempDirectory("outbox");
    Set<String> expected = new LinkedHashSet<>();
    List<Taken> taken = new ArrayList<>();
    int count = 0;
    Outbox outbox = Outbox.open(own, 1 << 16, SMALL);
    try {
      for (Act act : life) {
        switch (act) {
          case ADD_ALARM, ADD_TELEMETRY -> {
            String id = "r" + count++;
            outbox.add(act == Act.ADD_ALARM ? alarm(id) : telemetry(id));
            expected.add(id);
          }
          case ADD_THREE_ALARMS -> {
            List<OutboxRecord> three = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
              expected.add("r" + count);
              three.add(alarm("r" + count++));
            }
            outbox.add(three);
          }
          case TAKE -> taken.addAll(outbox.take(2));
          case ONE_ARRIVES -> {
            if (!taken.isEmpty()) {
              Taken one = taken.remove(taken.size() / 2);
              outbox.done(List.of(one));
              expected.remove(one.content().id());
            }
          }
          case ALL_ARRIVE -> {
            outbox.done(taken);
            taken.forEach(each -> expected.remove(each.content().id()));
            taken.clear();
          }
          case GIVE_BACK -> {
            outbox.giveBack();
            taken.clear();
          }
          case OPEN_AGAIN -> {
            outbox.close();
            outbox = Outbox.open(own, 1 << 16, SMALL);
            taken.clear();
          }
        }
        OutboxState state = outbox.state();
        assertThat(state.mustArrive() + state.newest() + (int) state.dropped())
            .isGreaterThanOrEqualTo(expected.size());
      }
      outbox.giveBack();
      Set<String> there = new LinkedHashSet<>(ids(outbox.take(1000)));
      if (outbox.state().dropped() == 0) {
        assertThat(there).containsExactlyInAnyOrderElementsOf(expected);
      }
    } finally {
      outbox.close();
      for (Path file : files(own)) {
        Files.delete(file);
      }
    }
  }
}
