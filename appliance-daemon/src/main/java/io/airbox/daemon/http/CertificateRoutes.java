package io.airbox.daemon.http;

import io.airbox.daemon.access.AuditLog;
import io.airbox.daemon.access.Caller;
import io.airbox.daemon.tls.BoxTls;
import io.airbox.daemon.tls.CertificateDescription;
import io.airbox.daemon.tls.TlsException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.function.Function;

/** The certificate that HTTPS shows. */
final class CertificateRoutes {
  private static final String CHAIN = "chain";
  private static final String KEY = "key";

  /** A chain of ten certificates with RSA keys of 4096 bits has 20,000. */
  private static final int LONGEST = 100_000;

  private final AuditLog audit;
  private final Https https;
  private final RequestBodies bodies;
  private final AccessWork work;

  CertificateRoutes(AuditLog audit, Https https, RequestBodies bodies, AccessWork work) {
    this.audit = audit;
    this.https = https;
    this.bodies = bodies;
    this.work = work;
  }

  void mount(Routes routes) {
    routes.get("/api/v1/certificate").handler(this::show);
    routes.put("/api/v1/certificate").handler(this::install);
    routes.delete("/api/v1/certificate").handler(this::reset);
  }

  private void show(RoutingContext context) {
    CertificateDescription served = tls().description().orElseThrow(this::off);
    Reply.json(context, 200, json(served));
  }

  private void install(RoutingContext context) {
    Caller caller = Gate.caller(context);
    BoxTls tls = tls();
    bodies.read(
        context,
        body -> {
          Fields fields = Fields.parse(body, Set.of(CHAIN, KEY));
          return new Upload(required(fields, CHAIN), required(fields, KEY));
        },
        upload ->
            change(
                context,
                caller,
                "certificate.install",
                known -> known.install(upload.chain(), upload.key()),
                tls));
  }

  private record Upload(String chain, String key) {
    /** Without the key. */
    @Override
    public String toString() {
      return "Upload";
    }
  }

  private static String required(Fields fields, String name) {
    String text = fields.text(name, LONGEST);
    if (text == null) {
      throw HttpFailure.invalid(name, name + ": is missing");
    }
    return text;
  }

  private void reset(RoutingContext context) {
    change(context, Gate.caller(context), "certificate.reset", BoxTls::reset, tls());
  }

  /** Changes the certificate, writes that down, and serves the new one. */
  private void change(
      RoutingContext context,
      Caller caller,
      String action,
      Function<BoxTls, CertificateDescription> change,
      BoxTls tls) {
    work.then(
        context,
        () -> {
          String before = print(tls);
          try {
            CertificateDescription now = change.apply(tls);
            audit.record(caller, action, null, before, now.sha256().toString(), "done");
            return now;
          } catch (TlsException refused) {
            audit.record(caller, action, null, before, before, refused.reason().name());
            throw refused;
          }
        },
        now ->
            https
                .renew()
                .onSuccess(served -> Reply.json(context, 200, json(now)))
                .onFailure(context::fail));
  }

  private static String print(BoxTls tls) {
    return tls.description().map(description -> description.sha256().toString()).orElse("none");
  }

  private BoxTls tls() {
    return https.tls().orElseThrow(this::off);
  }

  private HttpFailure off() {
    return new HttpFailure(503, "TLS_OFF", null, https.whyOff());
  }

  private static JsonObject json(CertificateDescription certificate) {
    return new JsonObject()
        .put("source", certificate.source().id())
        .put("names", new JsonArray(certificate.names()))
        .put("not_before", JobJson.time(certificate.notBefore()))
        .put("not_after", JobJson.time(certificate.notAfter()))
        .put("sha256", certificate.sha256().toString())
        .put("public_key_sha256", certificate.publicKeySha256().toString())
        .put("pem", certificate.pem())
        .put("warnings", new JsonArray(certificate.warnings()));
  }
}
