using System.Text.Encodings.Web;

namespace Keker.Protocol.Http;

/// <summary>
/// The two members that every answer of the API has, <c>"message":string,"data":any</c>, without the braces: the body of a response has
/// nothing else, the line of a batch begins with its status.
/// </summary>
internal static class AnswerMembers
{
    /// <summary>JSON writes one byte as <c>\u00XX</c> at worst.</summary>
    private const int MaxEscapedLength = 6;

    /// <summary>The fixed text and the numbers of any of them.</summary>
    private const int MaxFixedLength = 192;

    /// <summary>
    /// Leaves what JSON allows as it is, so that a token reads back as it was sent; the answer is JSON with nosniff, never part of a page.
    /// </summary>
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>The most bytes any of the methods below writes.</summary>
    /// <param name="textLength">Bytes of the caller's text, to be escaped.</param>
    /// <param name="jsonLength">Bytes of the caller's JSON.</param>
    public static int MaxLength(int textLength, int jsonLength = 0) => MaxFixedLength + MaxEscapedLength * textLength + jsonLength;

    public static void AppendMessage(ref SpanWriter body, ReadOnlySpan<byte> message, ReadOnlySpan<byte> json)
    {
        body.Append("\"message\":\""u8);
        AppendEscaped(ref body, message);
        body.Append("\",\"data\":"u8);
        body.Append(json);
    }

    public static void AppendPublished(ref SpanWriter body, long sessions, long cached)
    {
        body.Append("\"message\":\"message published"u8);
        AppendCounts(ref body, sessions, cached);
    }

    public static void AppendNotFound(ref SpanWriter body, Addressee addressee, ReadOnlySpan<byte> name, long cached)
    {
        body.Append("\"message\":\""u8);
        switch (addressee)
        {
            case Addressee.Token:
                body.Append("recipient "u8);
                AppendEscaped(ref body, name);
                body.Append(" not found"u8);
                break;
            case Addressee.Topic:
                body.Append("topic "u8);
                AppendEscaped(ref body, name);
                body.Append(" has no subscribers"u8);
                break;
            default:
                body.Append("no recipient found"u8);
                break;
        }
        AppendCounts(ref body, 0, cached);
    }

    public static void AppendStored(ref SpanWriter body, Addressee addressee, ReadOnlySpan<byte> name, long cached)
    {
        body.Append("\"message\":\"message stored for "u8);
        if (addressee == Addressee.Several)
        {
            body.Append("its recipients"u8);
        }
        else
        {
            body.Append(addressee == Addressee.Topic ? "topic "u8 : "recipient "u8);
            AppendEscaped(ref body, name);
        }
        AppendCounts(ref body, 0, cached);
    }

    public static void AppendReceipt(ref SpanWriter body, in ReceiptAnswer receipt)
    {
        body.Append("\"message\":\""u8);
        body.Append(receipt.Status == 200 ? "message received"u8 : "message not confirmed by all"u8);
        body.Append("\",\"data\":{\"sessions\":"u8);
        body.Append(receipt.Sessions);
        body.Append(",\"received\":"u8);
        body.Append(receipt.Received);
        body.Append(",\"pending\":"u8);
        body.Append(receipt.Pending);
        body.Append(",\"cached\":"u8);
        body.Append(receipt.Cached);
        body.Append("}"u8);
    }

    public static void AppendBroadcast(ref SpanWriter body, long recipients, long sessions)
    {
        body.Append("\"message\":\"message sent to "u8);
        body.Append(recipients);
        body.Append(" recipients\",\"data\":{\"recipients\":"u8);
        body.Append(recipients);
        body.Append(",\"sessions\":"u8);
        body.Append(sessions);
        body.Append("}"u8);
    }

    private static void AppendCounts(ref SpanWriter body, long sessions, long cached)
    {
        body.Append("\",\"data\":{\"sessions\":"u8);
        body.Append(sessions);
        body.Append(",\"cached\":"u8);
        body.Append(cached);
        body.Append("}"u8);
    }

    private static void AppendEscaped(ref SpanWriter body, ReadOnlySpan<byte> text)
    {
        Encoder.EncodeUtf8(text, body.Free, out _, out int written);
        body.Advance(written);
    }
}
