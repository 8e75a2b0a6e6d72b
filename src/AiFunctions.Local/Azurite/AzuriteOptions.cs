namespace AiFunctions.Local.Azurite;

/// <summary>What the configuration section <c>Storage</c> says about the storage emulator.</summary>
internal sealed class AzuriteOptions
{
    /// <summary>The configuration section that these options are read from.</summary>
    public const string SectionName = "Storage";

    /// <summary>The connection string of the tables; development storage when this and <see cref="TableServiceUri"/> are not set.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The table service reached with a managed identity; when it is set, Azurite has nothing to do.</summary>
    public string? TableServiceUri { get; set; }

    /// <summary>Whether Azurite may be started when the connection string is development storage and nothing listens there.</summary>
    public bool StartAzurite { get; set; } = true;
}
