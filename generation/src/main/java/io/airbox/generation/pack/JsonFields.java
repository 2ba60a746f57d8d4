package io.airbox.generation.pack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.airbox.generation.ClosestName;
import io.airbox.generation.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An object of a JSON document that is read field by field. Whatever is wrong is noted, with its
 * pointer, and a stand-in value is returned so that reading goes on: one pass finds every problem.
 * Below a missing or wrong object nothing more is noted.
 */
final class JsonFields {
  private final JsonNode node;
  private final String pointer;
  private final List<PackProblem> problems;
  private final Set<String> asked = new LinkedHashSet<>();

  private JsonFields(JsonNode node, String pointer, List<PackProblem> problems) {
    this.node = node;
    this.pointer = pointer;
    this.problems = problems;
  }

  static JsonFields root(JsonNode node, List<PackProblem> problems) {
    return child("", node, problems);
  }

  private static JsonFields child(String at, JsonNode value, List<PackProblem> target) {
    if (!value.isObject() && !value.isMissingNode()) {
      target.add(new PackProblem(at, "must be an object, is " + show(value)));
      return new JsonFields(MissingNode.getInstance(), at, target);
    }
    return new JsonFields(value, at, target);
  }

  /** Whether there is an object here at all. */
  boolean present() {
    return node.isObject();
  }

  String pointer(String key) {
    return pointer + "/" + key.replace("~", "~0").replace("/", "~1");
  }

  void problem(String key, String message) {
    problems.add(new PackProblem(pointer(key), message));
  }

  private JsonNode get(String key, boolean required) {
    asked.add(key);
    JsonNode value = node.path(key);
    if (value.isNull()) {
      problem(key, "must not be null; leave the key out instead");
      return MissingNode.getInstance();
    }
    if (required && value.isMissingNode() && present()) {
      problem(key, "is missing");
    }
    return value;
  }

  boolean has(String key) {
    asked.add(key);
    return node.has(key);
  }

  /** Keys, when any key is a value's name. */
  List<String> keys() {
    List<String> keys = new ArrayList<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  String text(String key, int longest) {
    return string(get(key, true), key, longest).orElse("");
  }

  String textOr(String key, String fallback, int longest) {
    return string(get(key, false), key, longest).orElse(fallback);
  }

  private Optional<String> string(JsonNode value, String key, int longest) {
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      problem(key, "must be a string, is " + show(value));
      return Optional.empty();
    }
    if (value.textValue().length() > longest) {
      problem(
          key, "must have at most " + longest + " characters, has " + value.textValue().length());
      return Optional.empty();
    }
    return Optional.of(value.textValue());
  }

  long whole(String key, long min, long max) {
    return whole(get(key, true), key, min, max, min);
  }

  long wholeOr(String key, long fallback, long min, long max) {
    return whole(get(key, false), key, min, max, fallback);
  }

  private long whole(JsonNode value, String key, long min, long max, long fallback) {
    if (value.isMissingNode()) {
      return fallback;
    }
    if (!value.isIntegralNumber()) {
      problem(key, "must be a whole number, is " + show(value));
      return fallback;
    }
    if (!value.canConvertToLong() || value.longValue() < min || value.longValue() > max) {
      problem(key, "must be " + min + "…" + max + ", is " + show(value));
      return fallback;
    }
    return value.longValue();
  }

  double number(String key, double min, double max) {
    JsonNode value = get(key, true);
    if (value.isMissingNode()) {
      return min;
    }
    if (!value.isNumber()) {
      problem(key, "must be a number, is " + show(value));
      return min;
    }
    double number = value.doubleValue();
    if (!(number >= min && number <= max)) {
      problem(key, "must be " + min + "…" + max + ", is " + show(value));
      return min;
    }
    return number;
  }

  boolean flag(String key) {
    JsonNode value = get(key, true);
    if (!value.isMissingNode() && !value.isBoolean()) {
      problem(key, "must be true or false, is " + show(value));
    }
    return value.asBoolean();
  }

  /** One of {@code values} by its JSON name. */
  <E> E choice(String key, List<E> values, Function<E, String> name) {
    Map<String, E> byName = new LinkedHashMap<>();
    values.forEach(value -> byName.put(name.apply(value), value));
    String text = text(key, 200);
    @Nullable E found = byName.get(text);
    if (found != null) {
      return found;
    }
    if (node.path(key).isTextual()) {
      problem(
          key,
          Message.of(
              "\"%s\" is not one of %s.%s",
              text, String.join(", ", byName.keySet()), ClosestName.hint(text, byName.keySet())));
    }
    return values.get(0);
  }

  JsonFields object(String key) {
    return child(pointer(key), get(key, true), problems);
  }

  /** The object, or one that is not {@link #present()}. */
  JsonFields optionalObject(String key) {
    return child(pointer(key), get(key, false), problems);
  }

  List<JsonFields> objects(String key, boolean required) {
    List<JsonFields> objects = new ArrayList<>();
    List<JsonNode> items = items(key, required);
    for (int i = 0; i < items.size(); i++) {
      objects.add(child(pointer(key) + "/" + i, items.get(i), problems));
    }
    if (required && items.isEmpty() && node.path(key).isArray()) {
      problem(key, "must not be empty");
    }
    return objects;
  }

  List<Double> numbers(String key, int count) {
    return numbers(items(key, true), pointer(key), count);
  }

  List<List<Double>> matrix(String key, int rows, int columns) {
    List<JsonNode> items = items(key, true);
    if (node.path(key).isArray() && items.size() != rows) {
      problem(key, "must have " + rows + " rows, has " + items.size());
    }
    List<List<Double>> matrix = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      List<JsonNode> row = new ArrayList<>();
      items.get(i).forEach(row::add);
      matrix.add(numbers(row, pointer(key) + "/" + i, columns));
    }
    return matrix;
  }

  private List<Double> numbers(List<JsonNode> items, String at, int count) {
    List<Double> numbers = new ArrayList<>();
    for (JsonNode item : items) {
      if (item.isNumber() && Double.isFinite(item.doubleValue())) {
        numbers.add(item.doubleValue());
      }
    }
    if (present() && (numbers.size() != items.size() || items.size() != count)) {
      problems.add(new PackProblem(at, "must be " + count + " numbers"));
    }
    return numbers;
  }

  private List<JsonNode> items(String key, boolean required) {
    JsonNode value = get(key, required);
    List<JsonNode> items = new ArrayList<>();
    if (value.isArray()) {
      value.forEach(items::add);
    } else if (!value.isMissingNode()) {
      problem(key, "must be an array, is " + show(value));
    }
    return items;
  }

  /** Notes every key that nobody asked for. */
  void noteUnknownKeys() {
    for (String key : keys()) {
      if (!asked.contains(key)) {
        problem(
            key,
            Message.of(
                "is not a known key; known are %s.%s",
                String.join(", ", asked), ClosestName.hint(key, asked)));
      }
    }
  }

  private static String show(JsonNode value) {
    String text = value.toString();
    return text.length() <= 60 ? text : text.substring(0, 57) + "…";
  }
}
