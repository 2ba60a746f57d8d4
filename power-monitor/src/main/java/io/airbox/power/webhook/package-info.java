/**
 * Tells a web address of alarms: {@link io.airbox.power.webhook.Webhook} posts each until it was
 * taken.
 */
@NullMarked
package io.airbox.power.webhook;

import org.jspecify.annotations.NullMarked;
