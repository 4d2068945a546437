using System.Text;
using Keker.Server.Broker;
using Keker.Server.Http.Publishing;

namespace Keker.Tests.Server.Broker;

internal sealed class RecipientsTests
{
    [Test]
    public void Names_are_copied_kept_in_order_and_kept_once_in_each_name_space()
    {
        var recipients = new Recipients();
        byte[] name = "abc"u8.ToArray();
        recipients.Add(name, isTopic: false);
        name[0] = (byte)'x';
        recipients.Add(name, isTopic: true);
        recipients.Add("abc"u8, isTopic: true);
        recipients.Add("abc"u8, isTopic: false);
        recipients.Add(name, isTopic: true);

        Assert.That(Texts(recipients), Is.EqualTo(new[] { "token abc", "topic xbc", "topic abc" }));
    }

    [Test]
    public void As_many_of_any_length_fit_as_are_added_also_after_it_was_cleared()
    {
        var recipients = new Recipients();
        string[] names = [.. Enumerable.Range(0, 64).Select(i => $"{i}".PadRight(1 + i * 8, '.'))];
        for (int round = 0; round < 2; round++)
        {
            foreach (string name in names)
                recipients.Add(Encoding.UTF8.GetBytes(name), isTopic: false);
            Assert.That(Texts(recipients), Is.EqualTo(names.Select(name => $"token {name}")));
            recipients.Clear();
            Assert.That(recipients.Count, Is.Zero);
        }
    }

    [Test]
    public void One_name_allocates_nothing()
    {
        var recipients = new Recipients();
        byte[] name = Encoding.UTF8.GetBytes(new string('x', 512));

        long bytes = Allocations.Least(() =>
        {
            recipients.Add(name, isTopic: false);
            recipients.Clear();
        });

        Assert.That(bytes, Is.Zero);
    }

    private static IEnumerable<string> Texts(Recipients recipients) => Enumerable.Range(0, recipients.Count)
        .Select(i => $"{(recipients.IsTopic(i) ? "topic" : "token")} {Encoding.UTF8.GetString(recipients.Name(i))}");
}
