using System.Text;
using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

/// <summary>Complete heads with the fields a test is about.</summary>
internal static class RequestHeads
{
    /// <param name="name">The name of all the lines.</param>
    /// <param name="values">Their values, Latin-1.</param>
    /// <param name="bytes">The bytes of the head.</param>
    public static RequestHead With(string name, string[] values, out byte[] bytes)
    {
        string lines = string.Concat(values.Select(value => $"{name}: {value}\r\n"));
        bytes = Encoding.Latin1.GetBytes($"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n{lines}\r\n");
        RequestHead head = new();
        Assert.That(head.Parse(bytes), Is.EqualTo(ParseStatus.Complete), $"{head.Failure}");
        return head;
    }
}
