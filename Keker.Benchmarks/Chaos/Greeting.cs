using System.Net;
using System.Text;
using Keker.Benchmarks.Common;
using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks.Chaos;

/// <summary>
/// A message that stands for nothing, published to a named topic before all others until it reaches everybody: a plain client is not told when it
/// is subscribed, and what comes before that is not for it.
/// </summary>
internal static class Greeting
{
    /// <summary>What it carries in place of a stream's number.</summary>
    public const int Index = 0xFFFF;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <exception cref="TimeoutException">Not everybody was there in time.</exception>
    public static async Task SayAsync(EndPoint server, MessageStream topic, int subscribers)
    {
        using Wire wire = await Wire.ConnectAsync(server);
        byte[] message = new byte[Payload.MinLength];
        Payload.Write(message, Index, 0);
        for (TimeSpan waited = default; waited < Soak.Load.Patience; waited += Pause)
        {
            // TTL: for those who are there now.
            await wire.SendAsync($"PUT /v1/publish HTTP/1.1\r\nHost: {server}\r\nTopic: {topic.Token}\r\nTTL: 0\r\nContent-Length: {message.Length}\r\n\r\n"
                + Encoding.Latin1.GetString(message));
            if ((await wire.ReadAnswerAsync()).Number("sessions") == subscribers)
                return;
            await Task.Delay(Pause);
        }
        throw new TimeoutException($"{topic.Token} has not got its {subscribers} subscribers");
    }
}
