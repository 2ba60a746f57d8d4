package io.airbox.daemon.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

final class DecisionTest {
  /**
   * The claimed box. Rows: audience, demand, channel; columns: nobody, guest, user, operator,
   * owner.
   *
   * <p>ok allowed, 401 unauthenticated, 403 forbidden, tls needs TLS, sock socket only, clear too
   * powerful for plain text.
   */
  private static final String CLAIMED =
      """
      public     any    socket   ok   ok   ok   ok    ok
      public     any    tls      ok   ok   ok   ok    ok
      public     any    loopback ok   ok   ok   ok    ok
      public     any    lan      ok   ok   ok   clear clear
      public     secure socket   ok   ok   ok   ok    ok
      public     secure tls      ok   ok   ok   ok    ok
      public     secure loopback ok   ok   ok   ok    ok
      public     secure lan      tls  tls  tls  clear clear
      public     socket socket   ok   ok   ok   ok    ok
      public     socket tls      sock sock sock sock  sock
      public     socket loopback sock sock sock sock  sock
      public     socket lan      sock sock sock sock  sock
      generation any    socket   ok   ok   ok   ok    ok
      generation any    tls      ok   ok   ok   ok    ok
      generation any    loopback ok   ok   ok   ok    ok
      generation any    lan      ok   ok   ok   clear clear
      generation secure socket   ok   ok   ok   ok    ok
      generation secure tls      ok   ok   ok   ok    ok
      generation secure loopback ok   ok   ok   ok    ok
      generation secure lan      tls  tls  tls  clear clear
      generation socket socket   ok   ok   ok   ok    ok
      generation socket tls      sock sock sock sock  sock
      generation socket loopback sock sock sock sock  sock
      generation socket lan      sock sock sock sock  sock
      user       any    socket   401  401  ok   ok    ok
      user       any    tls      401  401  ok   ok    ok
      user       any    loopback 401  401  ok   ok    ok
      user       any    lan      401  401  ok   clear clear
      user       secure socket   401  401  ok   ok    ok
      user       secure tls      401  401  ok   ok    ok
      user       secure loopback 401  401  ok   ok    ok
      user       secure lan      tls  tls  tls  clear clear
      user       socket socket   401  401  ok   ok    ok
      user       socket tls      sock sock sock sock  sock
      user       socket loopback sock sock sock sock  sock
      user       socket lan      sock sock sock sock  sock
      operator   any    socket   401  401  403  ok    ok
      operator   any    tls      401  401  403  ok    ok
      operator   any    loopback 401  401  403  ok    ok
      operator   any    lan      401  401  403  clear clear
      operator   secure socket   401  401  403  ok    ok
      operator   secure tls      401  401  403  ok    ok
      operator   secure loopback 401  401  403  ok    ok
      operator   secure lan      tls  tls  tls  clear clear
      operator   socket socket   401  401  403  ok    ok
      operator   socket tls      sock sock sock sock  sock
      operator   socket loopback sock sock sock sock  sock
      operator   socket lan      sock sock sock sock  sock
      owner      any    socket   401  401  403  403   ok
      owner      any    tls      401  401  403  403   ok
      owner      any    loopback 401  401  403  403   ok
      owner      any    lan      401  401  403  clear clear
      owner      secure socket   401  401  403  403   ok
      owner      secure tls      401  401  403  403   ok
      owner      secure loopback 401  401  403  403   ok
      owner      secure lan      tls  tls  tls  clear clear
      owner      socket socket   401  401  403  403   ok
      owner      socket tls      sock sock sock sock  sock
      owner      socket loopback sock sock sock sock  sock
      owner      socket lan      sock sock sock sock  sock
      """;

  /** The box without an owner, where that differs: no- is not claimed. */
  private static final String UNCLAIMED =
      """
      user       any    tls      no-  no-  no-  no-   no-
      user       any    loopback no-  no-  no-  no-   no-
      user       any    lan      no-  no-  no-  clear clear
      user       secure tls      no-  no-  no-  no-   no-
      user       secure loopback no-  no-  no-  no-   no-
      operator   any    tls      no-  no-  no-  no-   no-
      operator   any    loopback no-  no-  no-  no-   no-
      operator   any    lan      no-  no-  no-  clear clear
      operator   secure tls      no-  no-  no-  no-   no-
      operator   secure loopback no-  no-  no-  no-   no-
      owner      any    tls      no-  no-  no-  no-   no-
      owner      any    loopback no-  no-  no-  no-   no-
      owner      any    lan      no-  no-  no-  clear clear
      owner      secure tls      no-  no-  no-  no-   no-
      owner      secure loopback no-  no-  no-  no-   no-
      """;

  /** Where guests are not welcome, as far as that differs. */
  private static final String WITHOUT_GUESTS =
      """
      generation any    socket   401  401  ok   ok    ok
      generation any    tls      401  401  ok   ok    ok
      generation any    loopback 401  401  ok   ok    ok
      generation any    lan      401  401  ok   clear clear
      generation secure socket   401  401  ok   ok    ok
      generation secure tls      401  401  ok   ok    ok
      generation secure loopback 401  401  ok   ok    ok
      generation socket socket   401  401  ok   ok    ok
      """;

  @Test
  void judgesOnAClaimedBox() {
    assertThat(matrix(true, true)).containsExactlyElementsOf(CLAIMED.lines().toList());
  }

  @Test
  void servesNoMoreThanGenerationUntilClaimed() {
    List<String> differing = new ArrayList<>(matrix(false, true));
    differing.removeAll(CLAIMED.lines().toList());

    assertThat(differing).containsExactlyElementsOf(UNCLAIMED.lines().toList());
  }

  @Test
  void servesUsersOnlyWhenGuestsAreNotWelcome() {
    List<String> differing = new ArrayList<>(matrix(true, false));
    differing.removeAll(CLAIMED.lines().toList());

    assertThat(differing).containsExactlyElementsOf(WITHOUT_GUESTS.lines().toList());
  }

  @Test
  void saysWhichRoleIsNeeded() {
    Rule rule = AccessTable.AIRBOX.rule("GET", "/api/v1/keys").orElseThrow();

    assertThat(Decision.of(rule, null, Channel.TLS, true, true))
        .isEqualTo(new Decision.Unauthenticated(Role.OWNER));
    assertThat(Decision.of(rule, Actor.key("abc", Role.OPERATOR), Channel.TLS, true, true))
        .isEqualTo(new Decision.Forbidden(Role.OWNER, Role.OPERATOR));
    assertThat(Decision.of(rule, Actor.owner(), Channel.LAN, true, true))
        .isEqualTo(new Decision.TooPowerful(Role.OWNER));
  }

  private static List<String> matrix(boolean claimed, boolean guests) {
    List<String> rows = new ArrayList<>();
    for (Audience audience : Audience.values()) {
      for (Demand demand : Demand.values()) {
        for (Channel channel : Channel.values()) {
          Rule rule = new Rule("GET", "/x", audience, demand);
          StringBuilder row =
              new StringBuilder(
                  String.format(
                      Locale.ROOT, "%-10s %-6s %-8s", audience.id(), demand.id(), channel.id()));
          row.append(cell(Decision.of(rule, null, channel, claimed, guests), 5));
          for (Role role : Role.values()) {
            Actor actor = new Actor("x", role, java.util.Set.of());
            row.append(
                cell(
                    Decision.of(rule, actor, channel, claimed, guests),
                    role == Role.OPERATOR ? 6 : 5));
          }
          rows.add(row.toString().stripTrailing());
        }
      }
    }
    return rows;
  }

  private static String cell(Decision decision, int width) {
    String text;
    if (decision instanceof Decision.Allowed) {
      text = "ok";
    } else if (decision instanceof Decision.Unauthenticated) {
      text = "401";
    } else if (decision instanceof Decision.Forbidden) {
      text = "403";
    } else if (decision instanceof Decision.NeedsTls) {
      text = "tls";
    } else if (decision instanceof Decision.SocketOnly) {
      text = "sock";
    } else if (decision instanceof Decision.NotClaimed) {
      text = "no-";
    } else {
      text = "clear";
    }
    return String.format(Locale.ROOT, " %-" + (width - 1) + "s", text);
  }
}
