using System.Text;
using Keker.Protocol.Sse;

namespace Keker.Tests.Protocol.Sse;

[TestFixture]
internal sealed class TextEventTests
{
    [TestCase("1:2", "", "hello", "id: 1:2\ndata: hello\n\n")]
    [TestCase("1:2", "gap", "hello", "id: 1:2\nevent: gap\ndata: hello\n\n")]
    [TestCase("", "", "hello", "data: hello\n\n")]
    [TestCase("", "", "", "data: \n\n")]
    [TestCase("", "", "a\nb", "data: a\ndata: b\n\n")]
    [TestCase("", "", "a\r\nb", "data: a\ndata: b\n\n")]
    [TestCase("", "", "a\rb", "data: a\ndata: b\n\n")]
    [TestCase("", "", "a\n", "data: a\ndata: \n\n")]
    [TestCase("", "", "\r\r\n\n", "data: \ndata: \ndata: \ndata: \n\n")]
    [TestCase("", "", " a: b", "data:  a: b\n\n")]
    public void An_event_is_written_field_by_field(string id, string name, string text, string expected) =>
        Assert.That(Write(id, name, text), Is.EqualTo(expected));

    /// <summary>Every text of up to six of these characters.</summary>
    [Test]
    public void Every_text_arrives_whole_but_for_its_line_ends()
    {
        List<string> texts = [""];
        for (int start = 0, length = 0; length < 6; length++)
        {
            int end = texts.Count;
            for (; start < end; start++)
                texts.AddRange("\r\n :a".Select(next => texts[start] + next));
        }
        string stream = string.Concat(texts.Select(text => Write("7:1", "", text)));

        List<ReceivedEvent> events = ReceivedEvent.ReadAll(stream);

        Assert.That(events.Select(received => received.Data), Is.EqualTo(texts.Select(Normalised)));
        Assert.That(events.All(received => received is { Type: "message", LastId: "7:1" }), Is.True);
    }

    [Test]
    public void Text_that_looks_like_the_stream_s_own_fields_stays_data()
    {
        const string Text = "id: 9\nevent: x\n\ndata: y\n: comment\nretry: 1\n\u2028\u0085";

        Assert.That(ReceivedEvent.ReadAll(Write("1:1", "", Text)), Is.EqualTo([new ReceivedEvent("message", Text, "1:1")]));
    }

    /// <summary>Not <see cref="string.ReplaceLineEndings()"/>, which knows more line ends than event streams do.</summary>
    private static string Normalised(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');

    private static string Write(string id, string name, string text)
    {
        byte[][] parts = [Encoding.UTF8.GetBytes(id), Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(text)];
        byte[] output = new byte[TextEvent.Length(parts[0], parts[1], parts[2])];
        Assert.That(TextEvent.Write(output, parts[0], parts[1], parts[2]), Is.EqualTo(output.Length), "the space it asks for is what it fills");
        return Encoding.UTF8.GetString(output);
    }
}
