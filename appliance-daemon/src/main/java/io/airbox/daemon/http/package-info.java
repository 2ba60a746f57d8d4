/**
 * The HTTP edge: native API, OpenAI images, health, metrics and the page, on a loopback port and on
 * the local socket.
 *
 * <p>{@link io.airbox.daemon.http.HttpVerticle} is the main type. Handlers run on an event loop and
 * never block it: planning, pictures and files go through the worker pool. The contract is {@code
 * docs/api.md} and {@code openapi.json}, which a test holds to the routes.
 */
@NullMarked
package io.airbox.daemon.http;

import org.jspecify.annotations.NullMarked;
