/** The part of Swagger UI that the reference uses; the package has no types of its own. */
declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  export default function SwaggerUI(options: {
    url: string;
    dom_id: string;
    deepLinking: boolean;
    tryItOutEnabled: boolean;
    defaultModelsExpandDepth: number;
    validatorUrl: string | null;
  }): void;
}
