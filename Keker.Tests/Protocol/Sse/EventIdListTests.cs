using System.Text;
using Keker.Protocol.Commands;
using Keker.Protocol.Sse;

namespace Keker.Tests.Protocol.Sse;

[TestFixture]
internal sealed class EventIdListTests
{
    private const ulong LargestEpoch = ulong.MaxValue;

    [TestCase("0:0,1:2", 0ul, 0L, 1ul, 2L)]
    [TestCase("z:10,10:zz", 35ul, 36L, 36ul, 1295L)]
    [TestCase("3w5e11264sgsf:1y2p0ij32e8e7,0:1", LargestEpoch, long.MaxValue, 0ul, 1L)]
    public void A_list_has_one_spelling_and_reads_back(string text, ulong firstEpoch, long firstOffset, ulong secondEpoch, long secondOffset)
    {
        MessageId[] places = [new(firstEpoch, firstOffset), new(secondEpoch, secondOffset)];
        byte[] output = new byte[EventIdList.MaxLength(2)];
        int length = EventIdList.Write(output, places);

        Assert.That(Encoding.ASCII.GetString(output, 0, length), Is.EqualTo(text));
        Assert.That(Parse(text, 2), Is.EqualTo(places));
    }

    [Test]
    public void The_longest_list_fits()
    {
        MessageId[] places = [.. Enumerable.Repeat(new MessageId(LargestEpoch, long.MaxValue), 9)];
        byte[] output = new byte[EventIdList.MaxLength(9)];
        int length = EventIdList.Write(output, places);
        Assert.That(length, Is.EqualTo(output.Length - 1), "room for a comma at the end");
        Assert.That(Parse(Encoding.ASCII.GetString(output, 0, length) + ",", 9), Is.EqualTo(places));
    }

    [TestCase("1:2,", "1:2")]
    [TestCase(",", "-")]
    [TestCase("1:2,3:4,", "1:2 3:4")]
    [TestCase(",3:4", "- 3:4")]
    [TestCase("1:2,,5:6", "1:2 - 5:6")]
    [TestCase("1:2,3:4,,", "1:2 3:4 -")]
    [TestCase(",,,", "- - -")]
    public void Places_may_be_left_out(string text, string places)
    {
        MessageId?[]? parsed = Parse(text, places.Split(' ').Length);
        Assert.That(string.Join(' ', parsed!.Select(id => id is { } known ? $"{known.Epoch}:{known.Offset}" : "-")), Is.EqualTo(places));
    }

    [TestCase("", 2)]
    [TestCase("1:2", 2)]
    [TestCase("1:2,3:4", 1)]
    [TestCase("1:2,3:4", 3)]
    [TestCase("1:2,3:4,5:6", 2)]
    [TestCase("1:2,3:4,,", 2)]
    [TestCase("1:2,3", 2)]
    [TestCase("1:2,3:", 2)]
    [TestCase("1:2,:4", 2)]
    [TestCase("1:2,3:4:5", 2)]
    [TestCase("1:2, 3:4", 2)]
    [TestCase("1:2,03:4", 2)]
    [TestCase("1:2,3:04", 2)]
    [TestCase("1:2,A:4", 2)]
    [TestCase("1:2,-3:4", 2)]
    [TestCase("1:2,3:+4", 2)]
    [TestCase("1:2,3w5e11264sgsg:4", 2)]
    [TestCase("1:2,zzzzzzzzzzzzz:4", 2)]
    [TestCase("1:2,3:1y2p0ij32e8e8", 2)]
    [TestCase("1:2,3:zzzzzzzzzzzzz", 2)]
    [TestCase("1:2,3:10000000000000", 2)]
    public void Anything_else_is_no_list_of_so_many(string text, int count) => Assert.That(Parse(text, count), Is.Null);

    [Test]
    public void What_is_cut_off_or_changed_anywhere_is_another_list_or_none()
    {
        const string Text = "1a:2b,3c:4d";
        MessageId?[] places = Parse(Text, 2)!;
        for (int i = 0; i < Text.Length; i++)
        {
            Assert.That(Parse(Text[..i], 2), Is.Null.Or.Not.EqualTo(places));
            foreach (char other in "0z:, \u007f")
            {
                if (Text[i] != other)
                    Assert.That(Parse(Text[..i] + other + Text[(i + 1)..], 2), Is.Null.Or.Not.EqualTo(places));
            }
        }
    }

    private static MessageId?[]? Parse(string text, int count)
    {
        var places = new MessageId?[count];
        return EventIdList.TryParse(Encoding.ASCII.GetBytes(text), places) ? places : null;
    }
}
