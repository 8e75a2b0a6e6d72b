namespace AiFunctions.Gateway.Cors;

/// <summary>Which web pages may call the gateway. Section <c>Cors</c>. Without origins there is no CORS.</summary>
internal sealed class CrossOriginOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Cors";

    /// <summary>Origins such as <c>https://app.example.com</c>, exactly; <c>*</c> is refused.</summary>
    public IList<string> AllowedOrigins { get; set; } = [];

    /// <summary>Methods; without any, GET and POST.</summary>
    public IList<string> AllowedMethods { get; set; } = [];

    /// <summary>Request headers; without any, those that the OpenAI and Anthropic SDKs send from a browser.</summary>
    public IList<string> AllowedHeaders { get; set; } = [];

    /// <summary>Whether pages may send cookies and client certificates.</summary>
    public bool AllowCredentials { get; set; }
}
