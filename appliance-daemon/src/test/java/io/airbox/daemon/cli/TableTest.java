package io.airbox.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void columnsAreAlignedWithoutBlanksAtTheEnd() {
    assertThat(new Table("ID", "NAME").row("a", "éclair").row("abc", "b").toString())
        .isEqualTo("ID   NAME\na    éclair\nabc  b");
  }

  @Test
  void nothingThatATerminalObeysGetsThrough() {
    assertThat(new Table().row("a\u001b[2Jb", "c\nd", "e\u202ef", "\u009bg", "😀").toString())
        .isEqualTo("a�[2Jb  c�d  e�f  �g  😀");
  }

  @Test
  void anEmptyTableIsNoLine() {
    assertThat(new Table().toString()).isEmpty();
    assertThat(new Table("ID").toString()).isEqualTo("ID");
  }
}
