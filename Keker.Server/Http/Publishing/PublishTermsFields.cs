using System.Text;
using Keker.Protocol.Http;
using Keker.Server.Broker;
using Keker.Server.Broker.Confirming;

namespace Keker.Server.Http.Publishing;

/// <summary>The fields of a publish that ask for more than delivery: Prefer, TTL, Collapse-Key, Idempotency-Key. Immutable.</summary>
internal sealed class PublishTermsFields
{
    /// <summary>Seconds that the publisher waits for confirmations; 0 when it does not.</summary>
    public int Wait { get; private init; }

    /// <summary>Names the publish; null for none.</summary>
    public byte[]? IdempotencyKey { get; private init; }

    private TimeSpan? Lifetime { get; init; }

    private byte[]? Replaces { get; init; }

    /// <summary>Whether a field has one of these names. Most requests have none, and are not searched for each of them.</summary>
    public static bool IsOne(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 => Ascii.EqualsIgnoreCase(name, "ttl"u8),
        6 => Ascii.EqualsIgnoreCase(name, "prefer"u8),
        12 => Ascii.EqualsIgnoreCase(name, "collapse-key"u8),
        15 => Ascii.EqualsIgnoreCase(name, "idempotency-key"u8),
        _ => false,
    };

    /// <summary>Reads them.</summary>
    /// <param name="head">A complete head.</param>
    /// <param name="bytes">The bytes it was parsed from; what is needed of them is copied.</param>
    /// <param name="fields">The fields; not all of them when there is a mistake.</param>
    /// <returns>The mistake and what to send instead; empty for none.</returns>
    public static ReadOnlySpan<byte> Read(RequestHead head, ReadOnlySpan<byte> bytes, out PublishTermsFields fields)
    {
        FieldStatus waits = WaitPreference.Read(head, bytes, out int wait);
        FieldStatus lives = TimeToLive.Read(head, bytes, out int seconds);
        FieldStatus replaces = CollapseKey.Read(head, bytes, out Slice key);
        FieldStatus names = Protocol.Http.IdempotencyKey.Read(head, bytes, out Slice name);
        fields = new PublishTermsFields
        {
            Wait = wait,
            IdempotencyKey = names == FieldStatus.Ok ? name.In(bytes).ToArray() : null,
            Lifetime = lives == FieldStatus.Ok ? TimeSpan.FromSeconds(seconds) : null,
            Replaces = replaces == FieldStatus.Ok ? key.In(bytes).ToArray() : null,
        };
        if (waits == FieldStatus.Invalid)
            return "bad Prefer header: send wait=<seconds>, 1 to 30"u8;
        if (lives is FieldStatus.Invalid or FieldStatus.Repeated)
            return "bad TTL header: send one, with a whole number of seconds, 0 to 2592000"u8;
        if (replaces is FieldStatus.Invalid or FieldStatus.Repeated)
            return "bad Collapse-Key header: send one, with 1 to 64 bytes of visible ASCII"u8;
        if (names is FieldStatus.Invalid or FieldStatus.Repeated)
            return "bad Idempotency-Key header: send one, with 1 to 255 bytes of visible ASCII without quotes, backslashes, commas and semicolons"u8;
        return default;
    }

    /// <summary>What they ask of the broker beside delivery; null for nothing.</summary>
    public PublishTerms? Terms => Lifetime is null && Replaces is null ? null : new PublishTerms { TimeToLive = Lifetime, CollapseKey = Replaces };

    /// <summary>Learns who confirms the message; null where the publisher does not wait for that. The wait begins now.</summary>
    public Receipt? NewReceipt(BrokerContext context) => Wait > 0 ? new Receipt(context, TimeSpan.FromSeconds(Wait)) : null;
}
