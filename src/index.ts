export * from './config/backing-service';
export * from './config/deployment-profile';
export * from './config/django-variable';
export * from './config/environment-convention';
export * from './config/environment-secret';
export * from './config/process';
