package io.airbox.helper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
  @TempDir Path root;

  @Test
  void aProgramSeesNothingOfItsCaller() throws Exception {
    TestMachine box = new TestMachine(root);
    box.script(Program.DATE, "/usr/bin/env; pwd; cat; exit 3");

    Machine.Ended ended = box.machine.run(Program.DATE, List.of("a b", "$HOME", ";"));

    assertThat(ended.status()).isEqualTo(3);
    assertThat(ended.output().split(" \\| ")) // what sh itself sets
        .allMatch(line -> line.matches("(PWD|OLDPWD|SHLVL|_)=.*|/"));
    assertThat(box.calls()).containsExactly("/bin/date a b $HOME ;");
  }

  @Test
  void aProgramThatHangsIsKilled() throws Exception {
    TestMachine box = new TestMachine(root);
    box.script(Program.DATE, "echo $$ >'" + root + "/pid'; exec sleep 600");
    Machine impatient = new Machine(root, Duration.ofMillis(300));

    assertThatThrownBy(() -> impatient.run(Program.DATE, List.of()))
        .isInstanceOf(IOException.class)
        .hasMessage("/bin/date did not end within 300 ms and was killed");
    Path pid = root.resolve("pid");
    if (Files.exists(pid)) { // else it was killed before it could write
      ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
          .ifPresent(process -> process.onExit().join());
    }
  }

  @Test
  void onlyTheBeginningOfLongOutputIsKept() throws Exception {
    TestMachine box = new TestMachine(root);
    box.script(Program.DATE, "head -c 1000000 /dev/zero | tr '\\0' x; printf end");

    String output = box.machine.run(Program.DATE, List.of()).output();

    assertThat(output).hasSize(Machine.KEPT_OUTPUT).matches("x*");
  }

  @Test
  void outputCannotPassForSomethingElse() throws Exception {
    TestMachine box = new TestMachine(root);
    box.script(Program.DATE, "printf 'one\\n<0>two\\033[2J\\r\\200'");

    assertThat(box.machine.run(Program.DATE, List.of()).output()).isEqualTo("one | <0>two?[2J?�");
  }

  @Test
  void aProgramThatIsNotThereIsSaidToBe() {
    assertThatThrownBy(
            () -> new Machine(root, Duration.ofSeconds(1)).run(Program.HWCLOCK, List.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("hwclock");
  }

  @Test
  void aFileThatCannotBeReplacedIsAsItWas() throws Exception {
    Machine machine = new Machine(root, Duration.ofSeconds(1));
    Path taken = Files.createDirectories(root.resolve("etc/hosts/something")).getParent();

    assertThatThrownBy(() -> machine.replace("/etc/hosts", "x")).isInstanceOf(IOException.class);

    assertThat(taken).isDirectory();
    try (var files = Files.list(root.resolve("etc"))) {
      assertThat(files).containsExactly(taken);
    }
  }
}
