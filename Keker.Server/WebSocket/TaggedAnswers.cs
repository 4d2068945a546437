using Keker.Protocol.Commands;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Topics;

namespace Keker.Server.WebSocket;

/// <summary>What a session of sub-protocol <c>keker.v2</c> is answered, as whole frames. Stateless, thread-safe.</summary>
internal static class TaggedAnswers
{
    /// <summary><c>WELCOME &lt;session&gt; &lt;id&gt;</c>, and <c>GAP</c> when messages that the client asked for are gone.</summary>
    public static byte[] Welcome(JoinResult own)
    {
        ulong session = own.Member.Session.Id;
        byte[] welcome = FrameWriter.Create(OpCode.Text, WelcomeLine.Length(session, own.Start), out Span<byte> line);
        WelcomeLine.Write(line, session, own.Start);
        return [.. welcome, .. Gap(own)];
    }

    /// <summary><c>OK SUBSCRIBE &lt;topic&gt; &lt;id&gt;</c>, and <c>GAP</c> when messages that the client asked for are gone.</summary>
    public static byte[] Subscribed(JoinResult joined)
    {
        byte[] name = joined.Member.Topic.Name;
        byte[] subscribed = FrameWriter.Create(OpCode.Text, SubscribedLine.Length(name.Length, joined.Start), out Span<byte> line);
        SubscribedLine.Write(line, name, joined.Start);
        return [.. subscribed, .. Gap(joined)];
    }

    /// <summary><c>OK UNSUBSCRIBE &lt;topic&gt;</c>.</summary>
    public static byte[] Unsubscribed(ReadOnlySpan<byte> name)
    {
        byte[] frame = FrameWriter.Create(OpCode.Text, UnsubscribedLine.Length(name.Length), out Span<byte> line);
        UnsubscribedLine.Write(line, name);
        return frame;
    }

    /// <summary><c>PONG [&lt;word&gt;]</c>.</summary>
    public static byte[] Pong(ReadOnlySpan<byte> word)
    {
        byte[] frame = FrameWriter.Create(OpCode.Text, PongLine.Length(word.Length), out Span<byte> line);
        PongLine.Write(line, word);
        return frame;
    }

    /// <summary><c>ERR &lt;code&gt; &lt;text&gt;</c>.</summary>
    public static byte[] Error(ErrorCode code) => Error(code, code.Text());

    /// <summary><c>ERR not-allowed &lt;topic&gt;</c>.</summary>
    public static byte[] NotAllowed(ReadOnlySpan<byte> topic) => Error(ErrorCode.NotAllowed, topic);

    /// <summary><c>ERR try-later &lt;text&gt;</c> where nobody can say now who somebody is, or what it may.</summary>
    public static byte[] Undecided() => Error(ErrorCode.TryLater, "it cannot be checked now who you are: try again after a random delay"u8);

    private static byte[] Error(ErrorCode code, ReadOnlySpan<byte> text)
    {
        byte[] frame = FrameWriter.Create(OpCode.Text, ErrorLine.Length(code, text.Length), out Span<byte> line);
        ErrorLine.Write(line, code, text);
        return frame;
    }

    private static byte[] Gap(JoinResult joined) =>
        joined.Resume is { IsGap: true } gap ? PublicationFrames.Gap(Variant.Tagged, joined.Member.Topic, gap.After, gap.Start) : [];
}
