namespace AiFunctions.Gateway.Authentication;

/// <summary>Who may manage. Section <c>Management</c>.</summary>
internal sealed class ManagementOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Management";

    /// <summary>The key for <c>/manage/*</c>, 32 characters or more. Without it the management API refuses everyone.</summary>
    public string? Key { get; set; }

    /// <summary>The networks that may reach what is for operators, in CIDR notation; none: any.</summary>
    public string[] AllowedNetworks { get; set; } = [];
}
