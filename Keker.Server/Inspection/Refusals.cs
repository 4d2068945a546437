using System.Text.Json;
using Keker.Server.Observability;

namespace Keker.Server.Inspection;

/// <summary>What was refused, whoever refused it. Stateless, thread-safe.</summary>
internal static class Refusals
{
    private static readonly (RefusalReason Reason, JsonEncodedText Name)[] Reasons =
    [
        .. Enum.GetValues<RefusalReason>().Where(reason => reason != RefusalReason.None)
            .Select(reason => (reason, JsonEncodedText.Encode(JsonNamingPolicy.CamelCase.ConvertName(reason.ToString())))),
    ];

    /// <summary>Refusals of any kind since the start.</summary>
    public static long Sum(Counters counters)
    {
        long sum = counters.Refused.Value + counters.RateLimited.Value + counters.RefusedHellos.Value;
        foreach ((RefusalReason reason, _) in Reasons)
            sum += counters.RefusedAccess[reason].Value;
        return sum;
    }

    /// <summary>Writes a member for each kind: the connections, the rates, those that were logged out, and the reasons why somebody may not.</summary>
    public static void Write(Utf8JsonWriter json, Counters counters)
    {
        json.WriteNumber("connections"u8, counters.Refused.Value);
        json.WriteNumber("rateLimited"u8, counters.RateLimited.Value);
        json.WriteNumber("refusedHellos"u8, counters.RefusedHellos.Value);
        foreach ((RefusalReason reason, JsonEncodedText name) in Reasons)
            json.WriteNumber(name, counters.RefusedAccess[reason].Value);
    }
}
