using System.Reflection;
using System.Text.RegularExpressions;
using Keker.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Keker.Tests.Server.Observability;

internal sealed partial class LogMessagesTests
{
    private static readonly LoggerMessageAttribute[] All =
        [.. typeof(LogMessages).GetMethods().Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>()];

    /// <summary>Rates go by the number: two kinds with one would leave out each other's lines.</summary>
    [Test]
    public void Each_kind_has_a_number_of_its_own()
    {
        Assert.That(All, Is.Not.Empty);
        Assert.That(All.Select(message => message.EventId), Is.Unique);
    }

    [Test]
    public void No_field_has_the_name_of_what_every_line_of_JSON_has()
    {
        string[] names = [.. All.SelectMany(message => Placeholder().Matches(message.Message).Select(match => match.Groups[1].Value))];
        Assert.That(names, Is.Not.Empty);
        Assert.That(names.Intersect(["Time", "Level", "Event", "Message", "Exception"]), Is.Empty);
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();
}
