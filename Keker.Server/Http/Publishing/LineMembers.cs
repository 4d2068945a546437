using System.Text;
using Keker.Protocol.Json;
using Keker.Server.Broker;

namespace Keker.Server.Http.Publishing;

/// <summary>What the members of a JSON object ask of the broker: a line of a batch, or the body of a publish. Stateless, thread-safe.</summary>
internal static class LineMembers
{
    /// <summary>Whether a field of the request says what a member has to say.</summary>
    public static bool IsOne(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 => Ascii.EqualsIgnoreCase(name, "ttl"u8),
        5 => Ascii.EqualsIgnoreCase(name, "token"u8) || Ascii.EqualsIgnoreCase(name, "topic"u8),
        12 => Ascii.EqualsIgnoreCase(name, "collapse-key"u8),
        _ => false,
    };

    /// <summary>Adds the tokens, then the topics.</summary>
    public static void AddRecipients(Recipients recipients, BatchLine line)
    {
        for (int i = 0; i < line.TokenCount; i++)
            recipients.Add(line.TokenAt(i), isTopic: false);
        for (int i = 0; i < line.TopicCount; i++)
            recipients.Add(line.TopicAt(i), isTopic: true);
    }

    /// <summary>What it asks for beside delivery; null for nothing.</summary>
    public static PublishTerms? TermsOf(BatchLine line)
    {
        if (line.TtlSeconds is null && line.CollapseKey.IsEmpty)
            return null;
        return new PublishTerms
        {
            TimeToLive = line.TtlSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            CollapseKey = line.CollapseKey.IsEmpty ? null : line.CollapseKey.ToArray(),
        };
    }
}
