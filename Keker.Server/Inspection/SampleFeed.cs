using System.Buffers;
using System.Text.Json;
using Keker.Server.Broker;
using Keker.Server.Broker.Topics;
using Keker.Server.Observability;

namespace Keker.Server.Inspection;

/// <summary>
/// Takes a sample of the server each second, keeps those of the last hour, and publishes each to a topic of the server's own while somebody watches. There is one only where
/// the console is served; nothing is counted for it that is not counted anyway.
/// </summary>
/// <remarks>Thread-safe; <see cref="Beat"/> is the heartbeat's.</remarks>
/// <param name="broker">What is looked at, and where it is published.</param>
/// <param name="memory">Whether memory is short.</param>
/// <param name="isDraining">Whether the server is about to stop.</param>
internal sealed class SampleFeed(MessageBroker broker, MemoryGuard memory, Func<bool> isDraining)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly DirtyTopics _dirty = new();
    private HistogramSnapshot _sentBefore = broker.Context.Counters.Histograms.PublishToSend.Snapshot;

    /// <summary>The samples of the last hour.</summary>
    public SampleRing Samples { get; } = new();

    /// <summary>Where each is published. No client can name it: names have no spaces, and it is in no table.</summary>
    public Topic Topic { get; } = new(TopicKind.Internal, [.. "the console's samples"u8], broker.Context);

    /// <summary>When the server began, in seconds since 1970.</summary>
    public double Started { get; } = broker.Context.Clock.ToUnixSeconds(0);

    /// <summary>Takes a sample.</summary>
    public void Beat()
    {
        Sample sample = Take();
        Samples.Add(sample);
        if (Topic.MemberCount > 0)
            Publish(sample);
    }

    private static float Quantile(HistogramSnapshot times, double share) => times.Count > 0 ? (float)times.Quantile(share) : float.NaN;

    private static int Saturate(long number) => (int)Math.Min(number, int.MaxValue);

    private Sample Take()
    {
        Counters counters = broker.Context.Counters;
        HistogramSnapshot sent = counters.Histograms.PublishToSend.Snapshot;
        HistogramSnapshot lately = sent.Since(_sentBefore);
        _sentBefore = sent;
        return new Sample(
            counters.Published, counters.Delivered.Value, Environment.WorkingSet, (int)broker.Context.Clock.UtcNow.ToUnixTimeSeconds(),
            Saturate(counters.Sessions), Saturate(counters.Connections.Value), Quantile(lately, 0.5), Quantile(lately, 0.99), Saturate(Refusals.Sum(counters)),
            Saturate(counters.SlowConsumers.Value), Saturate(counters.UnconfirmedLost.Value), Saturate(counters.InternalErrors.Value));
    }

    private void Publish(in Sample sample)
    {
        _bytes.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_bytes))
        {
            json.WriteStartObject();
            json.WritePropertyName("sample"u8);
            SampleWriter.Write(json, sample);
            json.WriteStartObject("figures"u8);
            WriteFigures(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        // Who does not keep up has fallen behind by an hour or more when there is no room, and is closed as any other.
        if (Topic.Append(Publication.Create(_bytes.WrittenSpan, binary: false)).Outcome != PublishOutcome.Published)
            return;
        _dirty.Add(Topic);
        broker.Flush(_dirty);
    }

    private void WriteFigures(Utf8JsonWriter json)
    {
        BrokerContext context = broker.Context;
        json.WriteNumber("recipients"u8, context.Topics.Occupied.Value);
        json.WriteNumber("topics"u8, context.NamedTopics.Count);
        json.WriteNumber("cachedNow"u8, context.CacheLedger.Count);
        json.WriteNumber("cachedBytes"u8, context.CacheLedger.Bytes);
        json.WriteNumber("logBytes"u8, context.Memory.Bytes);
        json.WriteNumber("brokenPositions"u8, context.Breaks.Count);
        json.WriteNumber("expired"u8, context.Counters.Expired.Value);
        json.WriteNumber("unconfirmedLost"u8, context.Counters.UnconfirmedLost.Value);
        json.WriteNumber("failedRequests"u8, context.Counters.FailedRequests.Value);
        json.WriteNumber("protocolErrors"u8, context.Counters.ProtocolErrors);
        json.WriteString("pressure"u8, memory.Pressure switch { MemoryPressure.None => "none"u8, MemoryPressure.Hard => "hard"u8, _ => "soft"u8 });
        json.WriteBoolean("draining"u8, isDraining());
        json.WriteStartObject("refusals"u8);
        Refusals.Write(json, context.Counters);
        json.WriteEndObject();
    }
}
