namespace AiFunctions.Gateway.Diagnostics;

/// <summary>The attributes of OpenTelemetry's semantic conventions for generative AI.</summary>
internal static class GenAiConventions
{
    public const string OperationName = "gen_ai.operation.name";
    public const string ProviderName = "gen_ai.provider.name";
    public const string RequestModel = "gen_ai.request.model";
    public const string TokenType = "gen_ai.token.type";
    public const string ErrorType = "error.type";
}
