package io.airbox.daemon.access;

import static io.airbox.daemon.access.Audience.GENERATION;
import static io.airbox.daemon.access.Audience.OPERATOR;
import static io.airbox.daemon.access.Audience.OWNER;
import static io.airbox.daemon.access.Audience.PUBLIC;
import static io.airbox.daemon.access.Audience.USER;
import static io.airbox.daemon.access.Demand.ANY;
import static io.airbox.daemon.access.Demand.SECURE;
import static io.airbox.daemon.access.Demand.SOCKET;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one list of routes and command line verbs with whom each is for. What is not in it is
 * refused.
 *
 * <p>Where two rules fit a request, one is a special case of the other, and that one counts; a
 * table in which this is not so cannot be made. {@code /*}, which is for the page's files, fits no
 * path below a first segment that other rules name, so that nothing under {@code /api} becomes
 * public by being forgotten. Immutable.
 */
public final class AccessTable {
  /** The table of this program. */
  public static final AccessTable AIRBOX = airbox();

  private final List<Rule> rules;
  private final List<Verb> verbs;
  private final List<PathTemplate> templates;
  private final Set<String> named = new HashSet<>();

  /**
   * Makes a table.
   *
   * @throws IllegalArgumentException two rules are the same, or fit a common request without one
   *     being a special case of the other; two verbs are the same
   */
  AccessTable(List<Rule> rules, List<Verb> verbs) {
    this.rules = List.copyOf(rules);
    this.verbs = List.copyOf(verbs);
    this.templates = rules.stream().map(rule -> PathTemplate.parse(rule.template())).toList();
    requireOrder();
    Set<String> words = new HashSet<>();
    for (Verb verb : verbs) {
      if (!words.add(verb.words())) {
        throw new IllegalArgumentException("the verb \"" + verb.words() + "\" is there twice");
      }
    }
    templates.forEach(template -> named.add(template.firstName()));
    named.remove("");
  }

  private void requireOrder() {
    for (int i = 0; i < rules.size(); i++) {
      for (int j = 0; j < i; j++) {
        PathTemplate one = templates.get(i);
        PathTemplate other = templates.get(j);
        if (rules.get(i).method().equals(rules.get(j).method())
            && one.meets(other)
            && one.covers(other) == other.covers(one)) {
          throw new IllegalArgumentException(
              "it is open which of two rules counts: " + rules.get(j) + " and " + rules.get(i));
        }
      }
    }
  }

  /** All rules, in the order of documents. */
  public List<Rule> rules() {
    return rules;
  }

  /** All verbs, in the order of documents. */
  public List<Verb> verbs() {
    return verbs;
  }

  /**
   * The rule that a request falls under.
   *
   * @param method the request's method; {@code HEAD} counts as {@code GET}
   * @param path the normalised path without a query, as the router sees it
   * @return empty when there is none: refuse
   */
  public Optional<Rule> rule(String method, String path) {
    if (!path.startsWith("/")) {
      return Optional.empty();
    }
    String asked = readingAs(method);
    List<String> segments = PathTemplate.split(path);
    int best = -1;
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).method().equals(asked)
          && matches(templates.get(i), segments)
          && (best < 0 || templates.get(best).covers(templates.get(i)))) {
        best = i;
      }
    }
    return best < 0 ? Optional.empty() : Optional.of(rules.get(best));
  }

  private boolean matches(PathTemplate template, List<String> path) {
    return template.matches(path)
        && !(template.takesAll() && !path.isEmpty() && named.contains(path.get(0)));
  }

  /**
   * The rule of a route.
   *
   * @param method the route's method; {@code HEAD} counts as {@code GET}
   * @param template the path by which the route is mounted, letter by letter
   * @return empty when there is none: do not mount it
   */
  public Optional<Rule> mounted(String method, String template) {
    String asked = readingAs(method);
    return rules.stream()
        .filter(rule -> rule.method().equals(asked) && rule.template().equals(template))
        .findFirst();
  }

  /** The verb of these words; empty when there is none: refuse. */
  public Optional<Verb> verb(String words) {
    return verbs.stream().filter(verb -> verb.words().equals(words)).findFirst();
  }

  private static String readingAs(String method) {
    return method.equals("HEAD") ? "GET" : method;
  }

  private static AccessTable airbox() {
    Builder table = new Builder();
    table.route("GET", "/", PUBLIC, ANY);
    table.route("GET", "/*", PUBLIC, ANY);
    table.route("GET", "/webjars/*", PUBLIC, ANY);
    table.route("GET", "/openapi.json", PUBLIC, ANY);
    table.route("GET", "/healthz", PUBLIC, ANY);
    table.route("GET", "/readyz", PUBLIC, ANY);
    table.route("GET", "/metrics", USER, ANY);
    table.route("GET", "/api/v1/status", PUBLIC, ANY);

    table.route("GET", "/api/v1/session", PUBLIC, ANY);
    table.route("POST", "/api/v1/session", PUBLIC, SECURE);
    table.route("DELETE", "/api/v1/session", PUBLIC, ANY);
    table.route("POST", "/api/v1/claim", PUBLIC, SECURE);
    table.route("GET", "/api/v1/claim", OWNER, SOCKET);
    table.route("DELETE", "/api/v1/claim", OWNER, SOCKET);
    table.route("PUT", "/api/v1/passphrase", OWNER, SECURE);
    table.route("GET", "/api/v1/access", OPERATOR, SECURE);
    table.route("PUT", "/api/v1/access", OWNER, SECURE);
    table.route("GET", "/api/v1/keys", OWNER, SECURE);
    table.route("POST", "/api/v1/keys", OWNER, SECURE);
    table.route("DELETE", "/api/v1/keys/:id", OWNER, SECURE);
    table.route("GET", "/api/v1/audit", OWNER, SECURE);
    table.route("GET", "/api/v1/certificate", PUBLIC, ANY);
    table.route("PUT", "/api/v1/certificate", OWNER, SECURE);
    table.route("DELETE", "/api/v1/certificate", OWNER, SECURE);
    table.route("GET", "/api/v1/system", OPERATOR, SECURE);
    table.route("PUT", "/api/v1/system/hostname", OWNER, SECURE);
    table.route("PUT", "/api/v1/system/time", OPERATOR, SECURE);
    table.route("POST", "/api/v1/system/reboot", OPERATOR, SECURE);
    table.route("GET", "/api/v1/system/mirror", OPERATOR, SECURE);
    table.route("PUT", "/api/v1/system/mirror", OWNER, SECURE);
    table.route("GET", "/api/v1/system/ntp", OPERATOR, SECURE);
    table.route("PUT", "/api/v1/system/ntp", OWNER, SECURE);
    table.route("GET", "/api/v1/flash", OPERATOR, SECURE);
    table.route("POST", "/api/v1/flash/watch", OPERATOR, SECURE);
    table.route("DELETE", "/api/v1/flash/watch", OPERATOR, SECURE);
    table.route("GET", "/api/v1/flash/watch/events", OPERATOR, SECURE);
    table.route("POST", "/api/v1/flash/analyze", OPERATOR, SECURE);
    table.route("GET", "/api/v1/flash/reports/:folder/:file", OPERATOR, SECURE);
    table.route("GET", "/api/v1/updates", OPERATOR, SECURE);
    table.route("POST", "/api/v1/updates", OWNER, SECURE);
    table.route("DELETE", "/api/v1/updates/current", OWNER, SECURE);
    table.route("GET", "/api/v1/models", OPERATOR, SECURE);
    table.route("POST", "/api/v1/models/:name/rollback", OWNER, SECURE);
    table.route("DELETE", "/api/v1/models/:name", OWNER, SECURE);
    table.route("GET", "/api/v1/authorities", OPERATOR, SECURE);
    table.route("POST", "/api/v1/authorities", OWNER, SOCKET);
    table.route("DELETE", "/api/v1/authorities/:name", OWNER, SOCKET);
    table.route("GET", "/api/v1/network", OPERATOR, SECURE);
    table.route("GET", "/api/v1/network/check", OPERATOR, SECURE);
    table.route("GET", "/api/v1/network/presets", OPERATOR, SECURE);
    table.route("POST", "/api/v1/network/plan", OPERATOR, SECURE);
    table.route("POST", "/api/v1/network/apply", OWNER, SECURE);
    table.route("POST", "/api/v1/network/confirm", PUBLIC, SECURE);
    table.route("POST", "/api/v1/network/revert", OWNER, SECURE);
    table.route("GET", "/api/v1/network/transaction", OPERATOR, SECURE);
    table.route("GET", "/api/v1/network/history", OPERATOR, SECURE);

    table.route("GET", "/api/v1/tpu", USER, ANY);
    table.route("PUT", "/api/v1/tpu/packs/:name", OPERATOR, SECURE);

    table.route("GET", "/api/v1/telemetry", USER, ANY);
    table.route("GET", "/api/v1/telemetry/history", USER, ANY);

    table.route("GET", "/api/v1/packs", GENERATION, ANY);
    table.route("GET", "/api/v1/packs/:name", GENERATION, ANY);
    table.route("GET", "/api/v1/samplers", GENERATION, ANY);
    table.route("POST", "/api/v1/jobs", GENERATION, ANY);
    table.route("GET", "/api/v1/jobs", GENERATION, ANY);
    table.route("GET", "/api/v1/jobs/:id", GENERATION, ANY);
    table.route("GET", "/api/v1/jobs/:id/events", GENERATION, ANY);
    table.route("POST", "/api/v1/jobs/:id/cancel", GENERATION, ANY);
    table.route("GET", "/api/v1/pictures", GENERATION, ANY);
    table.route("POST", "/api/v1/pictures/read", GENERATION, ANY);
    table.route("GET", "/api/v1/pictures/:id.png", GENERATION, ANY);
    table.route("GET", "/api/v1/pictures/:id", GENERATION, ANY);
    table.route("DELETE", "/api/v1/pictures/:id", GENERATION, ANY);
    table.route("POST", "/v1/images/generations", GENERATION, ANY);
    table.route("POST", "/v1/images/edits", GENERATION, ANY);
    table.route("GET", "/v1/images/files/:name", PUBLIC, ANY);
    table.route("GET", "/v1/models", GENERATION, ANY);
    table.route("GET", "/v1/models/:id", GENERATION, ANY);

    table.route("POST", "/sdapi/v1/txt2img", GENERATION, ANY);
    table.route("POST", "/sdapi/v1/img2img", GENERATION, ANY);
    table.route("GET", "/sdapi/v1/progress", GENERATION, ANY);
    table.route("POST", "/sdapi/v1/interrupt", GENERATION, ANY);
    table.route("POST", "/sdapi/v1/skip", GENERATION, ANY);
    table.route("GET", "/sdapi/v1/options", GENERATION, ANY);
    table.route("POST", "/sdapi/v1/options", GENERATION, ANY);
    table.route("GET", "/sdapi/v1/sd-models", GENERATION, ANY);
    table.route("GET", "/sdapi/v1/samplers", GENERATION, ANY);
    table.route("GET", "/sdapi/v1/schedulers", GENERATION, ANY);
    table.route("GET", "/sdapi/v1/upscalers", GENERATION, ANY);
    table.route("GET", "/sdapi/v1/embeddings", GENERATION, ANY);
    table.route("GET", "/sdapi/v1/scripts", GENERATION, ANY);
    table.route("GET", "/sdapi/v1/cmd-flags", GENERATION, ANY);
    table.route("GET", "/sdapi/v1/latent-upscale-modes", GENERATION, ANY);
    table.route("GET", "/sdapi/v1/sd-vae", GENERATION, ANY);
    table.route("GET", "/sdapi/v1/sd-modules", GENERATION, ANY);
    table.route("GET", "/sdapi/v1/loras", GENERATION, ANY);
    table.route("GET", "/sdapi/v1/prompt-styles", GENERATION, ANY);
    table.route("GET", "/sdapi/v1/hypernetworks", GENERATION, ANY);
    table.route("GET", "/sdapi/v1/face-restorers", GENERATION, ANY);
    table.route("GET", "/sdapi/v1/realesrgan-models", GENERATION, ANY);
    table.route("GET", "/sdapi/v1/script-info", GENERATION, ANY);
    table.route("GET", "/sdapi/v1/extensions", GENERATION, ANY);
    table.route("GET", "/sdapi/v1/memory", GENERATION, ANY);
    table.route("POST", "/sdapi/v1/png-info", GENERATION, ANY);
    table.route("POST", "/sdapi/v1/refresh-checkpoints", GENERATION, ANY);
    table.route("POST", "/sdapi/v1/refresh-vae", GENERATION, ANY);
    table.route("POST", "/sdapi/v1/reload-checkpoint", GENERATION, ANY);
    table.route("POST", "/sdapi/v1/unload-checkpoint", GENERATION, ANY);

    table.local("run");
    table.verb("generate", "POST", "/api/v1/jobs");
    table.verb("models list", "GET", "/api/v1/packs");
    table.verb("models slots", "GET", "/api/v1/models");
    table.verb("models install", "POST", "/api/v1/updates");
    table.verb("models cancel", "DELETE", "/api/v1/updates/current");
    table.verb("models rollback", "POST", "/api/v1/models/:name/rollback");
    table.verb("models remove", "DELETE", "/api/v1/models/:name");
    table.verb("models history", "GET", "/api/v1/updates");
    table.local("models verify");
    table.local("models import");
    table.local("models sign");
    table.local("models publish");
    table.local("models keys new");
    table.local("models keys create");
    table.local("models keys sign");
    table.local("models keys show");
    table.verb("models keys trust", "POST", "/api/v1/authorities");
    table.verb("models keys trusted", "GET", "/api/v1/authorities");
    table.verb("models keys distrust", "DELETE", "/api/v1/authorities/:name");
    table.verb("claim", "POST", "/api/v1/claim");
    table.verb("claim --show", "GET", "/api/v1/claim");
    table.verb("claim --reset", "DELETE", "/api/v1/claim");
    table.verb("access", "GET", "/api/v1/access");
    table.verb("access --guests", "PUT", "/api/v1/access");
    table.verb("keys list", "GET", "/api/v1/keys");
    table.verb("keys add", "POST", "/api/v1/keys");
    table.verb("keys revoke", "DELETE", "/api/v1/keys/:id");
    table.verb("audit", "GET", "/api/v1/audit");
    table.verb("certificate show", "GET", "/api/v1/certificate");
    table.verb("certificate install", "PUT", "/api/v1/certificate");
    table.verb("certificate reset", "DELETE", "/api/v1/certificate");
    table.verb("system show", "GET", "/api/v1/system");
    table.verb("system hostname", "PUT", "/api/v1/system/hostname");
    table.verb("system time", "PUT", "/api/v1/system/time");
    table.verb("system reboot", "POST", "/api/v1/system/reboot");
    table.verb("system mirror", "GET", "/api/v1/system/mirror");
    table.verb("system mirror --set", "PUT", "/api/v1/system/mirror");
    table.verb("system mirror --undo", "PUT", "/api/v1/system/mirror");
    table.verb("system ntp", "GET", "/api/v1/system/ntp");
    table.verb("system ntp --set", "PUT", "/api/v1/system/ntp");
    table.verb("system ntp --undo", "PUT", "/api/v1/system/ntp");
    table.verb("net show", "GET", "/api/v1/network");
    table.verb("net check", "GET", "/api/v1/network/check");
    table.verb("net presets", "GET", "/api/v1/network/presets");
    table.verb("net plan", "POST", "/api/v1/network/plan");
    table.verb("net apply", "POST", "/api/v1/network/apply");
    table.verb("net confirm", "POST", "/api/v1/network/confirm");
    table.verb("net revert", "POST", "/api/v1/network/revert");
    table.verb("net history", "GET", "/api/v1/network/history");
    table.verb("tpu status", "GET", "/api/v1/tpu");
    table.verb("tpu heaps", "GET", "/api/v1/tpu");
    table.verb("tpu load", "PUT", "/api/v1/tpu/packs/:name");
    table.verb("tpu unload", "PUT", "/api/v1/tpu/packs/:name");
    table.verb("tpu pin", "PUT", "/api/v1/tpu/packs/:name");
    table.verb("tpu unpin", "PUT", "/api/v1/tpu/packs/:name");
    table.local("flash plan");
    table.local("flash prepare");
    table.local("flash verify");
    table.local("flash eject");
    table.local("flash ports");
    table.local("flash watch");
    table.local("flash analyze");
    table.verb("telemetry once", "GET", "/api/v1/telemetry");
    table.verb("telemetry watch", "GET", "/api/v1/telemetry");
    table.local("fleet watch");
    table.local("completion");
    return new AccessTable(table.rules, table.verbs);
  }

  private static final class Builder {
    private final List<Rule> rules = new ArrayList<>();
    private final List<Verb> verbs = new ArrayList<>();

    void route(String method, String template, Audience audience, Demand demand) {
      rules.add(new Rule(method, template, audience, demand));
    }

    void local(String words) {
      verbs.add(new Verb(words, Optional.empty()));
    }

    void verb(String words, String method, String template) {
      @Nullable Rule rule = null;
      for (Rule each : rules) {
        if (each.method().equals(method) && each.template().equals(template)) {
          rule = each;
        }
      }
      if (rule == null) {
        throw new IllegalArgumentException(
            "the verb \"" + words + "\" wants " + method + " " + template + ", which has no rule");
      }
      verbs.add(new Verb(words, Optional.of(rule)));
    }
  }
}
