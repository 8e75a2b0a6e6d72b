namespace AiFunctions.Gateway.Storage;

/// <summary>Where the tables are. Section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Storage";

    /// <summary>A storage connection string. Give this or <see cref="TableServiceUri"/>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The table service's address, for access with a managed identity.</summary>
    public Uri? TableServiceUri { get; set; }

    /// <summary>Put before every table's name: letters and digits, a letter first, at most 40.</summary>
    public string TablePrefix { get; set; } = "";
}
