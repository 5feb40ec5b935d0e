using System.Net;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>Client addresses as text; an IPv4 address mapped into IPv6 shows as IPv4.</summary>
internal sealed class ClientAddress
{
    private readonly SlotCache<Address, string> _texts = new();

    public string? Of(IPAddress? address) => address is null ? null : _texts.GetOrMake(new Address(address), Text);

    private static string Text(Address address) =>
        (address.Value.IsIPv4MappedToIPv6 ? address.Value.MapToIPv4() : address.Value).ToString();

    private readonly record struct Address(IPAddress Value);
}
