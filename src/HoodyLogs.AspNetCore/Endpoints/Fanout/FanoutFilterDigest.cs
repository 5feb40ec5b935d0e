using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HoodyLogs.AspNetCore.Endpoints.Parameters;

namespace HoodyLogs.AspNetCore.Endpoints.Fanout;

/// <summary>The digest that binds a cursor to the parameters of its read.</summary>
internal static class FanoutFilterDigest
{
    /// <summary>The size in bytes. A part of a SHA-256 is enough to distinguish filters, since the cursor is signed as well.</summary>
    public const int DigestSize = 19;

    // The parameters that a client may change from page to page. A new parameter is bound unless it is listed here.
    private static readonly string[] PageParameters = ["cursor", "limit", "offset", "afterId"];

    /// <summary>Computes the digest of all parameters that were read from the query string.</summary>
    public static byte[] Compute(QueryParameters query)
    {
        var text = new StringBuilder();
        foreach (var (name, values) in query.Values)
        {
            if (PageParameters.Contains(name, StringComparer.Ordinal)) continue;
            text.Append(name);

            // The length before each value keeps different lists from having the same text.
            foreach (var value in values) text.Append(CultureInfo.InvariantCulture, $" {value.Length}:{value}");
            text.Append('\n');
        }

        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))[..DigestSize];
    }
}
