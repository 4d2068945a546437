using System.Text;

namespace Keker.Protocol.Http;

/// <summary>
/// How long a publisher waits for receipts: <c>Prefer: wait=&lt;seconds&gt;</c> (RFC 7240, sections 2 and 4.3), the number bare or quoted.
/// Other preferences are ignored, as their field demands. Stateless, thread-safe.
/// </summary>
public static class WaitPreference
{
    /// <summary>Longest wait in seconds.</summary>
    public const int MaxSeconds = 30;

    /// <summary>Reads the first <c>wait</c> of all Prefer lines; later ones do not count (RFC 7240, section 2).</summary>
    /// <param name="head">A complete head.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    /// <param name="seconds">1 to <see cref="MaxSeconds"/>; 0 unless the answer is Ok.</param>
    /// <returns>Absent, Ok, or Invalid when the value is no number or out of range. Never Repeated.</returns>
    public static FieldStatus Read(RequestHead head, ReadOnlySpan<byte> bytes, out int seconds)
    {
        seconds = 0;
        foreach (Slice line in head.ValuesOf(bytes, "prefer"u8))
        {
            foreach (ReadOnlySpan<byte> preference in new QuotedElements(line.In(bytes), (byte)','))
            {
                if (TryGetWait(preference, out ReadOnlySpan<byte> value))
                    return Seconds.TryParse(value, MaxSeconds, out seconds) && seconds > 0 ? FieldStatus.Ok : FieldStatus.Invalid;
            }
        }
        return FieldStatus.Absent;
    }

    /// <summary><c>preference = token [ BWS "=" BWS word ] *( OWS ";" [ OWS parameter ] )</c>; wait has no parameters, so they are ignored.</summary>
    private static bool TryGetWait(ReadOnlySpan<byte> preference, out ReadOnlySpan<byte> value)
    {
        value = default;
        QuotedElements parts = new(preference, (byte)';');
        parts.MoveNext();
        ReadOnlySpan<byte> first = parts.Current;
        int equals = first.IndexOf((byte)'=');
        ReadOnlySpan<byte> name = equals < 0 ? first : HttpGrammar.TrimOws(first[..equals]);
        if (!Ascii.EqualsIgnoreCase(name, "wait"u8))
            return false;
        if (equals >= 0)
            value = Unquote(HttpGrammar.TrimOws(first[(equals + 1)..]));
        return true;
    }

    private static ReadOnlySpan<byte> Unquote(ReadOnlySpan<byte> word) =>
        word.Length >= 2 && word[0] == (byte)'"' && word[^1] == (byte)'"' ? word[1..^1] : word;
}
