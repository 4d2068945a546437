using System.Text.Json;
using Keker.Server.Options;

namespace Keker.Server.Inspection;

/// <summary>What the server was told, and what is hardly meant so. Thread-safe; all but the certificate and what files look like stays.</summary>
/// <param name="Options">What is in force.</param>
/// <param name="Warnings">The warnings of the start, a line each, as they would be now.</param>
/// <param name="CertificateEnd">When the certificate in force ends; null where connections are plain.</param>
internal sealed record Settings(KekerOptions Options, IEnumerable<string> Warnings, Func<DateTimeOffset>? CertificateEnd)
{
    /// <summary>Writes the members that do not change.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("options"u8);
        IEnumerable<(OptionDefinition, string Value)> defaults = EffectiveSettings.Of(new KekerOptions());
        foreach (((OptionDefinition definition, string value), (_, string byDefault)) in EffectiveSettings.Of(Options).Zip(defaults))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, definition.Name);
            json.WriteString("value"u8, value);
            json.WriteBoolean("isDefault"u8, value == byDefault);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("warnings"u8);
        foreach (string warning in Warnings)
            json.WriteStringValue(warning);
        json.WriteEndArray();
        json.WritePropertyName("certificate"u8);
        if (CertificateEnd is null)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartObject();
        json.WriteNumber("notAfter"u8, CertificateEnd().ToUnixTimeSeconds());
        json.WriteEndObject();
    }
}
