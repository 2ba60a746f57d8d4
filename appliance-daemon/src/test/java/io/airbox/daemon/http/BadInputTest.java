package io.airbox.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.airbox.daemon.TestDaemon;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BadInputTest {
  @TempDir static Path data;
  private static TestDaemon daemon;

  @BeforeAll
  static void start() throws Exception {
    daemon = TestDaemon.start(data);
  }

  @AfterAll
  static void stop() {
    daemon.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                         |                 | the body is empty
          {"prompt":"a                               |                 | the body is not JSON
          {"prompt":"a" "steps":3}                   |                 | line 1, column
          not json                                   |                 | the body is not JSON
          {"prompt":"a","steps":NaN}                 |                 | not JSON: Non-standard token 'NaN' at line 1
          {"prompt":"a","prompt":"b"}                |                 | Duplicate field 'prompt'
          {"prompt":"a"/*really*/}                   |                 | the body is not JSON
          {"prompt":"a"} {}                          |                 | the body is not JSON
          [1]                                        |                 | has to be a JSON object, it is a list
          "text"                                     |                 | has to be a JSON object
          null                                       |                 | has to be a JSON object
          {}                                         | prompt          | is missing
          {"prompt":null}                            | prompt          | is missing
          {"prompt":" "}                             | prompt          | empty
          {"prompt":7}                               | prompt          | has to be a text, it is 7
          {"prompt":{"a":1}}                         | prompt          | it is an object
          {"promt":"a"}                              | promt           | Did you mean "prompt"
          {"prompt":"a","stpes":3}                   | stpes           | Did you mean "steps"
          {"prompt":"a","zzzzzz":3}                  | zzzzzz          | unknown field
          {"prompt":"a","steps":"many"}              | steps           | has to be a whole number, it is the text "many"
          {"prompt":"a","steps":2.5}                 | steps           | has to be a whole number, it is 2.5
          {"prompt":"a","steps":-3}                  | steps           | -3
          {"prompt":"a","steps":99999999999999999999}| steps           | out of range
          {"prompt":"a","cfg":1e999}                 | cfg             | out of range
          {"prompt":"a","cfg":"x"}                   | cfg             | has to be a number
          {"prompt":"a","count":0}                   | count           | 0
          {"prompt":"a","count":1000000}             | count           | 1000000
          {"prompt":"a","seed":-2}                   | seed            | -2
          {"prompt":"a","seed":4294967296}           | seed            | 4294967296
          {"prompt":"a","width":97,"height":97}      | width           | 97
          {"prompt":"a","preset":"qualty"}           | preset          | Did you mean "quality"
          {"prompt":"a","sampler":"eular"}           | sampler         | euler
          {"prompt":"a","spacing":"leeding"}         | spacing         | leading
          {"prompt":"a","noise":"dice"}              | noise           | torch-cpu
          {"prompt":"a","preview":"yes"}             | preview         | true or false
          {"prompt":"a","image":"%%%"}               | image           | is not base64
          {"prompt":"a","image":"aGVsbG8="}          | image           | neither PNG nor JPEG
          {"prompt":"a","strength":2}                | strength        | strength
          """)
  void anInvalidJobIsRefusedWithTheFieldAndTheReason(String body, String field, String reason) {
    HttpResponse<String> reply = daemon.post("/api/v1/jobs", body == null ? "" : body);

    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(400);
    assertThat(reply.headers().firstValue("Content-Type")).contains("application/problem+json");
    JsonObject problem = new JsonObject(reply.body());
    assertThat(problem.getString("field")).isEqualTo(field);
    assertThat(problem.getString("detail")).contains(reason);
    assertThat(problem.getString("code")).isIn("INVALID_REQUEST", "UNKNOWN_FIELD");
    assertThat(daemon.json("/api/v1/jobs").getJsonArray("jobs")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"n":1}                                              | prompt          | is missing
          {"prompt":"a","n":11}                                | n               | allowed are 1…10
          {"prompt":"a","n":"two"}                             | n               | whole number
          {"prompt":"a","size":"big"}                          | size            | auto or WIDTHxHEIGHT
          {"prompt":"a","size":"0x64"}                         | size            | auto or WIDTHxHEIGHT
          {"prompt":"a","quality":"best"}                      | quality         | auto, low
          {"prompt":"a","response_format":"gif"}               | response_format | b64_json, url
          {"prompt":"a","output_format":"webp"}                | output_format   | png
          {"prompt":"a","background":"transparent"}            | background      | auto, opaque
          {"prompt":"a","stream":"yes"}                        | stream          | true or false
          {"prompt":"a","stream":true,"partial_images":4}      | partial_images  | allowed are 0…3
          {"prompt":"a","output_compression":101}              | output_compression | allowed are 0…100
          {"prompt":"a","foo":1}                               | foo             | unknown field
          {"prompt":"a","sampler":"nope"}                      | sampler         | nope
          {"prompt":                                           |                 | not JSON
          """)
  void anInvalidOpenAiRequestIsRefusedInItsShape(String body, String parameter, String reason) {
    HttpResponse<String> reply = daemon.post("/v1/images/generations", body);

    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(400);
    JsonObject error = new JsonObject(reply.body()).getJsonObject("error");
    assertThat(error.getString("type")).isEqualTo("invalid_request_error");
    assertThat(error.getString("param")).isEqualTo(parameter);
    assertThat(error.getString("message")).contains(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/nothing,404",
    "GET,/api/v1/nothing,404",
    "GET,/api/v1/jobs/nothing,404",
    "GET,/api/v1/jobs/nothing/events,404",
    "POST,/api/v1/jobs/nothing/cancel,404",
    "GET,/api/v1/pictures/nothing,404",
    "GET,/api/v1/pictures/nothing.png,404",
    "GET,/api/v1/pictures/..%2F..%2Fapi.sock.png,404",
    "GET,/api/v1/packs/nothing,404",
    "GET,/api/v1/pictures?limit=0,400",
    "GET,/api/v1/pictures?limit=x,400",
    "GET,/api/v1/pictures?before=,400",
    "GET,/api/v1/pictures?before=..%2Fx%00,400",
    "DELETE,/api/v1/jobs,405",
    "PUT,/v1/models,405",
    "GET,/v1/models/nothing,404",
    "GET,/../pom.xml,404",
    "GET,/webjars/../../tinylog.properties,404",
    "GET,/webjars/nothing.js,404"
  })
  void whatIsNotThereIsSaidSo(String method, String path, int status) {
    HttpResponse<String> reply =
        daemon.send(
            daemon.request(path).method(method, java.net.http.HttpRequest.BodyPublishers.noBody()));

    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(status);
    assertThat(reply.body()).startsWith("{");
    assertThat(daemon.get("/healthz").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"no-such-pack", "airbox-emogi"})
  void anUnknownPackIsNamedWithTheKnownOnes(String pack) {
    HttpResponse<String> reply =
        daemon.post("/api/v1/jobs", "{\"prompt\":\"a\",\"pack\":\"" + pack + "\"}");

    assertThat(reply.statusCode()).isEqualTo(404);
    assertThat(reply.body()).contains("UNKNOWN_PACK").contains("airbox-emoji").contains("pack");
  }
}
