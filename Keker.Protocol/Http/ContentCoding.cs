using System.Text;

namespace Keker.Protocol.Http;

/// <summary>What was done to a body before it was sent (RFC 9110, section 8.4). Stateless, thread-safe.</summary>
public static class ContentCoding
{
    /// <summary>Whether nothing was: no Content-Encoding line lists anything but <c>identity</c>.</summary>
    /// <param name="head">A complete head.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    public static bool IsIdentity(RequestHead head, ReadOnlySpan<byte> bytes)
    {
        foreach (Slice line in head.ValuesOf(bytes, "content-encoding"u8))
        {
            foreach (ReadOnlySpan<byte> coding in new ListElements(line.In(bytes)))
            {
                if (!coding.IsEmpty && !Ascii.EqualsIgnoreCase(coding, "identity"u8))
                    return false;
            }
        }
        return true;
    }
}
