package io.airbox.hwtests.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration AT_ONCE = Duration.ZERO;

  @Nested
  class Expecting {
    private final StringBuilder typed = new StringBuilder();
    private final Console console =
        new Console(bytes -> typed.append(new String(bytes, StandardCharsets.UTF_8)));

    @Test
    void findsWhatComesFirstInTheTextNotInTheQuestion() {
      say("Login incorrect\r\nsophon login: ");

      Console.Found found =
          console.expect(AT_ONCE, Pattern.compile("login: $"), Pattern.compile("incorrect"));

      assertThat(found.index()).isEqualTo(1);
      assertThat(found.before()).isEqualTo("Login ");
      assertThat(console.expect(AT_ONCE, "login: ").before()).isEqualTo("\nsophon ");
    }

    @Test
    void passesEveryTextOnce() {
      say("login: ");
      console.expect(AT_ONCE, "login: ");

      assertThatExceptionOfType(ConsoleException.class)
          .isThrownBy(() -> console.expect(AT_ONCE, "login: "));
    }

    @Test
    void tellsTheLastLinesWhenNothingComes() {
      say("Kernel panic - not syncing\r\n");

      assertThatExceptionOfType(ConsoleException.class)
          .isThrownBy(() -> console.expect(AT_ONCE, "login: "))
          .withMessageContaining("login: ")
          .withMessageContaining("  Kernel panic - not syncing\n");
    }

    @Test
    void doesNotWaitOnADeadLine() {
      console.hangUp("power cut");

      assertThatExceptionOfType(ConsoleException.class)
          .isThrownBy(() -> console.expect(SOON, "login: "))
          .withMessageContaining("power cut");
    }

    @Test
    void forgetsWhatWasSaidBeforeThePowerCameBack() {
      say("sophon login: ");
      console.hangUp("power cut");
      console.connect();

      assertThatExceptionOfType(ConsoleException.class)
          .isThrownBy(() -> console.expect(AT_ONCE, "login: "))
          .withMessageContaining("within");
    }

    @Test
    void typesWhatItIsTold() {
      console.send("linaro\r");

      assertThat(typed).hasToString("linaro\r");
    }

    @Test
    void refusesALineThatATerminalWouldCut() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> console.run("echo " + "x".repeat(4000)))
          .withMessageContaining("put()");
    }

    private void say(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      console.receive(bytes, bytes.length);
    }
  }

  /** A real shell at the other end, which echoes what is typed as a terminal does. */
  @Nested
  @EnabledOnOs(OS.LINUX)
  class Running {
    private Process shell;
    private Console console;

    @BeforeEach
    void openShell() throws IOException {
      shell = new ProcessBuilder("sh").redirectErrorStream(true).start();
      OutputStream input = shell.getOutputStream();
      console =
          new Console(
              bytes -> {
                console.receive(bytes, bytes.length);
                input.write(
                    new String(bytes, StandardCharsets.UTF_8)
                        .replace('\r', '\n')
                        .getBytes(StandardCharsets.UTF_8));
                input.flush();
              });
      Thread listener = new Thread(this::listen);
      listener.setDaemon(true);
      listener.start();
    }

    @AfterEach
    void closeShell() {
      shell.destroyForcibly();
    }

    @Test
    void givesOutputAndStatus() {
      CommandResult result = console.run("echo one; echo two >&2; false");

      assertThat(result.output()).isEqualTo("one\ntwo\n");
      assertThat(result.status()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "printf 'no end of line'",
          "printf 'no end of line' # a comment",
          "sleep 0 & wait; printf 'no end of line'",
          "printf '%s' \"no end\"' of line'",
          "if true\nthen printf 'no end of line'\nfi"
        })
    void framesAnyCommand(String command) {
      assertThat(console.run(command))
          .isEqualTo(new CommandResult(command, 0, "no end of line", ""));
    }

    @Test
    void goesOnAfterACommandThatTheShellCannotRead() {
      assertThat(console.run("no-such-program").status()).isEqualTo(127);
      assertThat(console.run("echo next").orThrow()).isEqualTo("next\n");
    }

    @Test
    void keepsTheShellsState() {
      console.run("word=kept").orThrow();

      assertThat(console.run("echo $word").orThrow()).isEqualTo("kept\n");
    }

    @Test
    void carriesFilesThereAndBack(@TempDir Path folder) {
      byte[] content = new byte[10_000];
      new Random(7).nextBytes(content);
      String target = folder.resolve("it's a file").toString();

      console.put(content, target, "640");

      assertThat(console.get(target)).isEqualTo(content);
      assertThat(console.run("stat -c %a " + Console.quoted(target)).orThrow()).isEqualTo("640\n");
    }

    private void listen() {
      byte[] bytes = new byte[512];
      try (InputStream output = shell.getInputStream()) {
        for (int length = output.read(bytes); length >= 0; length = output.read(bytes)) {
          console.receive(bytes, length);
        }
      } catch (IOException e) {
        console.hangUp("the shell has ended");
      }
    }
  }
}
