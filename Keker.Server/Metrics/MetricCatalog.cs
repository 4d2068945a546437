using System.Globalization;
using System.Text;
using Keker.Server.Broker;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;

namespace Keker.Server.Metrics;

/// <summary>Every metric there is. None has a label that comes from outside, and none is found by going through sessions, topics or messages. Stateless.</summary>
internal static class MetricCatalog
{
    /// <summary>Milliseconds of the clock in a second.</summary>
    private const double Second = 1000;

    public static IReadOnlyList<Metric> Of(ServerContext server) =>
    [
        .. Present(server),
        .. Messages(server.Counters),
        .. Refusals(server.Counters),
        .. Hooks(server),
        .. Held(server),
        .. OfLoops(server.Loops),
        .. Times(server.Counters.Histograms),
        .. Process(server),
    ];

    private static IEnumerable<Metric> Present(ServerContext server)
    {
        BrokerContext broker = server.Broker.Context;
        Counters counters = server.Counters;
        yield return Metric.Info("keker_build", "The version of kekerd.", "version", KekerVersion.Text);
        yield return Metric.Gauge("keker_draining", "1 once kekerd was told to stop, else 0.", () => server.IsDraining ? 1 : 0);
        yield return Metric.Gauge("keker_connections", "Open connections of any kind.", () => counters.Connections.Value);
        yield return Metric.Gauge("keker_sessions", "Sessions that said HELLO, by how they get their messages.", "mode", Samples(counters.SessionsByMode, SnakeCase));
        yield return Metric.Gauge("keker_recipients", "Tokens that have a session.", () => broker.Topics.Occupied.Value);
        yield return Metric.Gauge("keker_topics", "Topics that have a subscriber, or for which something waits or is kept.", () => broker.NamedTopics.Count);
        yield return Metric.Gauge("keker_broken_positions", "Sessions that broke and that may still come back for what they had not confirmed.", () => broker.Breaks.Count);
        yield return Metric.Gauge("keker_refused_tokens", "Tokens whose HELLO is refused for a time, because the backend logged them out.", () => server.Presence.Refused.Count);
    }

    private static IEnumerable<Metric> Messages(Counters counters)
    {
        yield return Metric.Counter("keker_published", "Messages accepted, one for each recipient of several.", "to",
        [
            new MetricSample("token", () => counters.PublishedToTokens.Value),
            new MetricSample("topic", () => counters.PublishedToTopics.Value),
            new MetricSample("broadcast", () => counters.Broadcasts.Value),
        ]);
        yield return Metric.Counter("keker_delivered", "Messages handed to the kernel, one for each session.", counters.Delivered);
        yield return Metric.Counter("keker_cached", "Messages that waited for an absent recipient.", counters.Cached);
        yield return Metric.Counter("keker_expired", "Messages whose time was up before a recipient came for them.", counters.Expired);
        yield return Metric.Counter("keker_unconfirmed_lost", "Messages that no session had confirmed and that had to go before their time, for want of room.", counters.UnconfirmedLost);
        yield return Metric.Counter("keker_skipped", "Messages that a client could not take, and that it is not sent again.", counters.Skipped);
        yield return Metric.Counter("keker_receipts_incomplete", "Publishes with Prefer: wait whose time was over before all had confirmed.", counters.ReceiptsIncomplete);
    }

    private static IEnumerable<Metric> Refusals(Counters counters)
    {
        yield return Metric.Counter("keker_slow_consumers", "Sessions closed with 1013 because they were too far behind.", counters.SlowConsumers);
        yield return Metric.Counter("keker_protocol_errors", "WebSocket connections closed for breaking the protocol, by the code of the Close.", "code", Samples(counters.ProtocolErrorsByCode, Text));
        yield return Metric.Counter("keker_access_refused", "Refusals of those who may not, by reason.", "reason", Samples(counters.RefusedAccess, SnakeCase));
        yield return Metric.Counter("keker_hellos_refused", "HELLOs of tokens that the backend had logged out for a time.", counters.RefusedHellos);
        yield return Metric.Counter("keker_logged_out", "Sessions that the backend logged out.", counters.LoggedOut);
        yield return Metric.Counter("keker_rate_limited", "Publishes over the rate of their publisher, and what was refused because its address guesses.", counters.RateLimited);
        yield return Metric.Counter("keker_connections_refused", "Connections refused because there were too many.", counters.Refused);
        yield return Metric.Counter("keker_requests_failed", "Requests answered with a status of 400 or above.", counters.FailedRequests);
        yield return Metric.Counter("keker_internal_errors", "Things that went wrong in kekerd itself, each at the cost of one connection at the most.", counters.InternalErrors);
    }

    private static IEnumerable<Metric> Hooks(ServerContext server)
    {
        Counters counters = server.Counters;
        yield return Metric.Counter("keker_hook_events_delivered", "Events that the backend has taken.", counters.HooksDelivered);
        yield return Metric.Counter("keker_hook_failures", "Requests with events that the backend has not taken.", counters.HookFailures);
        yield return Metric.Counter("keker_hook_resets", "Times that the backend had to be told that events are missing, the start included.", counters.HookResets);
        yield return Metric.Gauge("keker_hook_events_waiting", "Events that wait for the backend.", () => server.Broker.Context.Presence?.Untold ?? 0);
    }

    private static IEnumerable<Metric> Held(ServerContext server)
    {
        BrokerContext broker = server.Broker.Context;
        yield return Metric.Gauge("keker_log_bytes", "Bytes in all logs: what is being sent, waits, is kept, or is not confirmed.", () => broker.Memory.Bytes);
        yield return Metric.Gauge("keker_waiting_bytes", "Bytes that wait for absent recipients, with what keeping track of them takes.", () => broker.CacheLedger.Bytes - broker.CacheLedger.KeptBytes);
        yield return Metric.Gauge("keker_kept_bytes", "Bytes that topics keep for newcomers, with what keeping track of them takes.", () => broker.CacheLedger.KeptBytes);
        yield return Metric.Gauge("keker_stored_messages", "Messages that wait or are kept.", () => broker.CacheLedger.Count);
        yield return Metric.Gauge("keker_unconfirmed_bytes", "Bytes that were sent to everybody and are held until they are confirmed.", () => broker.RetainedMemory.Bytes);
        yield return Metric.Gauge("keker_unfinished_input_bytes", "Bytes of requests and messages that have arrived in part.", () => server.Input.Budget.Bytes);
        yield return Metric.Gauge("keker_unfinished_output_bytes", "Bytes that sends to slow readers keep alive.", () => broker.UnfinishedWrites.Bytes + broker.BuiltFrames.Bytes);
        yield return Metric.Gauge("keker_subscription_bytes", "Bytes of topics and of the subscriptions to them.", () => broker.SubscriptionMemory.Bytes);
        yield return Metric.Gauge("keker_memory_limit_bytes", "Bytes that the process may use.", () => server.Memory.Limit);
        yield return Metric.Gauge("keker_memory_pressure", "0 enough memory is left, 1 no new subscribers are taken, 2 no new messages either.", () => (int)server.Memory.Pressure);
        yield return Metric.Gauge("keker_heap_bytes", "Bytes of managed objects, garbage that has not been collected included.", () => GC.GetTotalMemory(forceFullCollection: false));
        yield return Metric.Counter("keker_gc_pause_seconds", "Time in which everybody waited for the garbage collector.", () => GC.GetTotalPauseDuration().TotalSeconds);
    }

    private static IEnumerable<Metric> OfLoops(Loops? loops)
    {
        IReadOnlyList<Loop> all = loops?.All ?? [];
        yield return Metric.Counter("keker_loop_busy_seconds", "Time in which a loop was on a processor or waited for one: near 1 a second it is the limit.", "loop",
            all.Select((loop, index) => new MetricSample(Number(index), () => loop.BusySeconds)));
        yield return Metric.Counter("keker_loop_turns", "How often a loop has come back from polling its sockets.", "loop",
            all.Select((loop, index) => new MetricSample(Number(index), () => loop.Turns)));
    }

    private static IEnumerable<Metric> Times(Histograms histograms)
    {
        yield return Metric.Of("keker_publish_to_send_seconds", "From the acceptance of the first message of a pass to the end of its last send; one value a pass.", histograms.PublishToSend);
        yield return Metric.Of("keker_pass_members", "Members of the token, topic or broadcast of a pass; one value a pass.", histograms.PassMembers);
        yield return Metric.Of("keker_receipt_seconds", "From a publish with Prefer: wait to the last confirmation, where all have confirmed in time.", histograms.Receipts);
        yield return Metric.Of("keker_first_message_seconds", "From an accepted HELLO to the first message, of sessions for which one was there.", histograms.FirstMessage);
        yield return Metric.Of("keker_token_check_seconds", "Checks of signed tokens that were not seen before, with the time for which they wait for their turn.", histograms.TokenChecks);
        yield return Metric.Of("keker_hook_delay_seconds", "From an event to the moment at which the backend has taken it.", histograms.HookDelay);
    }

    private static IEnumerable<Metric> Process(ServerContext server)
    {
        var process = new ProcessFigures(server.Counters.Connections);
        double startedAt = (server.Clock.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds - server.Clock.Now / Second;
        yield return Metric.Counter("process_cpu_seconds", "Processor time, of the kernel's for the process, too.", () => ProcessFigures.ProcessorSeconds);
        yield return Metric.Gauge("process_resident_memory_bytes", "Bytes in memory.", () => ProcessFigures.ResidentBytes);
        yield return Metric.Gauge("process_open_fds", "Open descriptors.", () => process.OpenDescriptors);
        yield return Metric.Gauge("process_max_fds", "Descriptors that the process may have.", () => DescriptorLimit.Most);
        yield return Metric.Gauge("process_start_time_seconds", "When the process started, in seconds since 1970.", () => startedAt);
    }

    private static IEnumerable<MetricSample> Samples<T>(CounterFamily<T> family, Func<T, string> label)
        where T : struct => family.Keys.Select(key => new MetricSample(label(key), () => family[key].Value));

    private static string Text(ushort code) => code.ToString(CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string SnakeCase<T>(T value)
        where T : struct, Enum
    {
        var text = new StringBuilder();
        foreach (char letter in value.ToString())
        {
            if (char.IsAsciiLetterUpper(letter) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(letter));
        }
        return text.ToString();
    }
}
